//! A file on its way to us.

use crate::files::code::{Code, Refusal};
use crate::files::digest::{CHUNK, Digest, Hasher};
use crate::files::name::Name;
use crate::files::server::directory::{Directory, not_a_file};
use crate::files::server::incoming;
use cap_std::fs::Dir;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;

/// Bytes that one step of the check hashes.
pub const STEP: u64 = 16 * CHUNK as u64;

/// So many bytes are gathered before they are written: a file system works for each write(2), however little it brings.
const BATCH: usize = 64 * 1024;

/// A file on its way to us. Dropped before its end, it leaves what has come for the next time.
#[derive(Debug)]
pub struct Upload {
    directory: Arc<Directory>,
    incoming: Dir,
    /// The name of `file` in the folder of what arrives.
    key: String,
    file: File,
    /// How much was there before.
    found: u64,
    /// What has come so far.
    hasher: Hasher,
    /// The end of it, which is not in `file` yet: less than [`BATCH`] and one read.
    batch: Vec<u8>,
    name: Name,
    length: u64,
    digest: Digest,
}

impl Upload {
    /// Prepares for a file; what is there of it from another time has still to be [checked](Self::check).
    ///
    /// # Errors
    ///
    /// It would be refused in the end, as far as one can know.
    pub fn begin(
        directory: &Arc<Directory>,
        name: Name,
        length: u64,
        digest: Digest,
    ) -> Result<Self, Refusal> {
        let policy = directory.policy;
        if policy.read_only {
            return Err(Refusal::new(Code::ReadOnly, "this server takes no files (--read-only)"));
        }
        if length > policy.max_file {
            let text =
                format!("{length} bytes are more than the {} of --max-file", policy.max_file);
            return Err(Refusal::new(Code::TooLarge, text));
        }
        may_be_replaced(&directory.root, &name)?;
        let cannot = |error: io::Error| match error.kind() {
            ErrorKind::WouldBlock => {
                let text = "another transfer of the same content is under way (one that broke is given up after a while)";
                Refusal::new(Code::Busy, text)
            }
            _ => Refusal::system(&error),
        };
        let incoming = incoming::folder(&directory.root).map_err(cannot)?;
        let key = format!("{digest}-{length}");
        let file = incoming::claim(&incoming, &key).map_err(cannot)?;
        let found = file.metadata().map_err(cannot)?.len();
        let (directory, hasher, batch) = (Arc::clone(directory), Hasher::default(), Vec::new());
        let mut upload =
            Self { directory, incoming, key, file, found, hasher, batch, name, length, digest };
        if found > length {
            upload.file.set_len(0).map_err(|error| Refusal::system(&error))?;
            upload.found = 0;
        }
        Ok(upload)
    }

    /// Hashes the next [`STEP`] bytes of what is there from another time. True: all of it is hashed.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub fn check(&mut self) -> Result<bool, Refusal> {
        let most = (self.found - self.hasher.length()).min(STEP);
        let taken = self.hasher.read(&mut &self.file, most, &mut Vec::new());
        if taken.map_err(|error| Refusal::system(&error))? < most {
            self.found = self.hasher.length();
        }
        Ok(self.hasher.length() == self.found)
    }

    /// What the file will be called.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// How many bytes have come.
    pub fn received(&self) -> u64 {
        self.hasher.length()
    }

    /// How many bytes are still to come.
    pub fn missing(&self) -> u64 {
        self.length - self.received()
    }

    /// Takes the next bytes, of which there may be more than are [missing](Self::missing). Returns how many it took.
    ///
    /// # Errors
    ///
    /// They cannot be written.
    pub fn take(&mut self, bytes: &[u8]) -> Result<usize, Refusal> {
        let n = bytes.len().min(usize::try_from(self.missing()).unwrap_or(usize::MAX));
        self.hasher.update(&bytes[..n]);
        self.batch.extend_from_slice(&bytes[..n]);
        if self.batch.len() >= BATCH || self.missing() == 0 {
            self.flush().map_err(|error| {
                let refusal = Refusal::system(&error);
                if matches!(refusal.code, Code::NoSpace | Code::TooLarge) {
                    // Others need the room, too.
                    self.forget();
                }
                refusal
            })?;
        }
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = (&self.file).write_all(&self.batch);
        self.batch.clear();
        result
    }

    /// Gives the file its name, in the place of what had it before.
    ///
    /// # Errors
    ///
    /// It is not what was announced, or the system refuses; then what had the name still has it.
    pub fn finish(&self) -> Result<(), Refusal> {
        let came = self.hasher.digest();
        if came != self.digest {
            self.forget();
            let text = format!("the SHA-256 of what came is {came}, not {}", self.digest);
            return Err(Refusal::new(Code::Mismatch, text));
        }
        self.publish().map_err(|error| Refusal::system(&error))
    }

    fn publish(&self) -> io::Result<()> {
        let Directory { root, policy } = &*self.directory;
        if policy.sync {
            self.file.sync_all()?;
        }
        let folder = match self.name.path().parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        root.create_dir_all(folder)?;
        self.incoming.rename(&self.key, root, self.name.path())?;
        if policy.sync {
            // The new name stands in the folder, which is a file, too.
            root.open(folder)?.sync_all()?;
        }
        Ok(())
    }

    /// Removes what has come. If it cannot be removed, it grows stale.
    fn forget(&self) {
        let _ = self.incoming.remove_file(&self.key);
    }
}

impl Drop for Upload {
    /// What cannot be written now will be sent again. The close would end the lock, too; but not while a child that was forked at this moment, and has not become
    /// another program yet, has the open file as well.
    fn drop(&mut self) {
        let _ = self.flush();
        let _ = self.file.unlock();
    }
}

/// Is there nothing of this name, or a file or a link that the new file can replace? Asked before the file comes, since
/// it may be a long one.
fn may_be_replaced(root: &Dir, name: &Name) -> Result<(), Refusal> {
    match root.symlink_metadata(name.path()) {
        Ok(there) if there.is_dir() => Err(not_a_file("a folder")),
        Ok(there) if there.is_file() || there.is_symlink() => Ok(()),
        Ok(_) => Err(not_a_file("a device, a pipe or a socket")),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Refusal::system(&error)),
    }
}
