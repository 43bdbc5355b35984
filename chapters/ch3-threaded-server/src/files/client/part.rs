//! What has come of a file: `.NAME.files-part`, beside the place where the file will be.

use crate::files::client::failure::{Failure, Kind};
use crate::files::client::show::Bar;
use crate::files::code::{Code, Refusal};
use crate::files::digest::{CHUNK, Digest, Hasher};
use crate::files::name::{self, LONGEST};
use crate::files::partial::Partial;
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What has come of a file, and where the file will be.
#[derive(Debug)]
pub(super) struct Part {
    /// The folder in which the file will be. It stays the same one, whatever becomes of its name.
    folder: Arc<Dir>,
    name: PathBuf,
    /// The target as a person knows it.
    shown: String,
    /// The name under which it comes.
    path: PathBuf,
    /// Nothing is made before the server has a file to give.
    partial: Option<Partial>,
    hasher: Hasher,
}

impl Part {
    /// Prepares for a file; what is there of it from another time has still to be [resumed](Self::resume).
    pub(super) fn beside(target: &Path) -> Result<Self, Failure> {
        let shown = name::quoted(target.as_os_str().as_bytes());
        let is_no_file = |what: &str| {
            let text = format!("cannot write {shown} here: it is {what}");
            Err(Failure::new(Kind::Code(Code::NotAFile), text))
        };
        let Some(name) = target.file_name() else { return is_no_file("a folder") };
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let cannot = |error: io::Error| Failure::local(&format!("write {shown}"), &error);
        let folder = Dir::open_ambient_dir(parent, ambient_authority()).map_err(cannot)?;
        match folder.symlink_metadata(name) {
            Ok(there) if there.is_file() => {}
            Ok(there) if there.is_dir() => return is_no_file("a folder"),
            // It may lead to a device, or to what somebody else wants to be written.
            Ok(there) if there.is_symlink() => return is_no_file("a link; say where it leads to"),
            Ok(_) => return is_no_file("a device, a pipe or a socket"),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(cannot(error)),
        }
        let (name, path) = (PathBuf::from(name), hidden(name));
        let (folder, hasher) = (Arc::new(folder), Hasher::default());
        Ok(Self { folder, name, shown, path, partial: None, hasher })
    }

    /// How many bytes have come.
    pub(super) fn length(&self) -> u64 {
        self.hasher.length()
    }

    /// The SHA-256 of what has come.
    pub(super) fn digest(&self) -> Digest {
        self.hasher.digest()
    }

    /// Hashes what is there from another time, if anything is.
    pub(super) fn resume(&mut self, doing: &str) -> Result<(), Failure> {
        self.partial = Partial::find(&self.folder, &self.path).map_err(|r| self.refused(r))?;
        let Some(partial) = &self.partial else { return Ok(()) };
        let what = format!("read {}", self.shown_path());
        let cannot = |error: io::Error| Failure::local(&what, &error);
        let mut file = partial.file();
        let bar = Bar::new(doing, &self.shown, file.metadata().map_err(cannot)?.len(), 0);
        let mut buffer = Vec::new();
        loop {
            match self.hasher.read(&mut file, CHUNK as u64, &mut buffer).map_err(cannot)? {
                0 => return Ok(()),
                n => bar.add(n as usize),
            }
        }
    }

    /// Makes the file, at the first time.
    pub(super) fn open(&mut self) -> Result<&Partial, Failure> {
        if self.partial.is_none() {
            let claimed = Partial::claim(&self.folder, &self.path).map_err(|r| self.refused(r))?;
            // What somebody has left here since we looked is not hashed.
            let cleared = claimed.file().set_len(0).and_then(|()| claimed.hide_like(&self.name));
            cleared.map_err(|error| self.cannot_write(&error))?;
            self.partial = Some(claimed);
        }
        Ok(self.partial.as_ref().expect("it was opened above"))
    }

    /// Takes the next bytes.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = self.open()?.file().write_all(bytes);
        written.map_err(|error| self.cannot_write(&error))?;
        self.hasher.update(bytes);
        Ok(())
    }

    /// Begins anew.
    pub(super) fn forget(&mut self) {
        self.hasher = Hasher::default();
        if let Some(partial) = self.partial.take() {
            partial.forget();
        }
    }

    /// Gives the file its name, in the place of what had it before.
    pub(super) fn publish(mut self) -> Result<(), Failure> {
        let name = self.name.clone();
        let published = self.open()?.publish(&name);
        published.map_err(|error| Failure::local(&format!("write {}", self.shown), &error))
    }

    fn shown_path(&self) -> String {
        name::quoted(self.path.as_os_str().as_bytes())
    }

    fn cannot_write(&self, error: &io::Error) -> Failure {
        self.refused(Refusal::system(error))
    }

    fn refused(&self, refusal: Refusal) -> Failure {
        let path = self.shown_path();
        let kind = match refusal.code {
            // Somebody here, and not at the server.
            Code::Busy | Code::Unavailable | Code::NotFound => Kind::Local,
            code => Kind::Code(code),
        };
        Failure::new(kind, format!("cannot write {path} here: {}", refusal.text))
    }
}

/// Hidden, and surely ours. A name that would become too long stands in it as its SHA-256.
fn hidden(name: &OsStr) -> PathBuf {
    let mut hidden = OsString::from(".");
    match name.len() + SUFFIX.len() < LONGEST {
        true => hidden.push(name),
        false => {
            let mut hasher = Hasher::default();
            hasher.update(name.as_bytes());
            hidden.push(hasher.digest().to_string());
        }
    }
    hidden.push(SUFFIX);
    hidden.into()
}

/// How the name of an unfinished file ends.
const SUFFIX: &str = ".files-part";
