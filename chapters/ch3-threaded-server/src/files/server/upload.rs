//! A file on its way to us.

use crate::files::code::{Code, Refusal, count};
use crate::files::digest::{CHUNK, Digest, Hasher};
use crate::files::name::Name;
use crate::files::partial::Partial;
use crate::files::server::directory::Directory;
use crate::files::server::{incoming, place};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Bytes that one step of the check hashes.
pub const STEP: u64 = 16 * CHUNK as u64;

/// So many bytes are gathered before they are written: a file system works for each write(2), however little it brings.
const BATCH: usize = 64 * 1024;

/// A file on its way to us. Dropped before its end, it leaves what has come for the next time.
#[derive(Debug)]
pub struct Upload {
    directory: Arc<Directory>,
    partial: Partial,
    /// How much was there before.
    found: u64,
    /// What has come so far.
    hasher: Hasher,
    /// The end of it, which is not in the file yet: less than [`BATCH`] and one read.
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
            let text = format!(
                "{} more than the {} of --max-file",
                count(length, "byte is", "bytes are"),
                policy.max_file
            );
            return Err(Refusal::new(Code::TooLarge, text));
        }
        place::check(&directory.root, &name)?;
        let partial = incoming::claim(&directory.root, &format!("{digest}-{length}"))?;
        let running = directory.uploads.fetch_add(1, Ordering::Relaxed) + 1;
        let (directory, hasher, batch) = (Arc::clone(directory), Hasher::default(), Vec::new());
        let mut upload = Self { directory, partial, found: 0, hasher, batch, name, length, digest };
        incoming::tidy(&upload.directory.root, running);
        let found = upload.partial.file().metadata().map(|metadata| metadata.len());
        upload.found = found.map_err(|error| Refusal::system(&error))?;
        if upload.found > length {
            upload.partial.file().set_len(0).map_err(|error| Refusal::system(&error))?;
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
        let taken = self.hasher.read(&mut self.partial.file(), most, &mut Vec::new());
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
                    self.partial.forget();
                }
                refusal
            })?;
        }
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.partial.file().write_all(&self.batch);
        self.batch.clear();
        result
    }

    /// Gives the file its name, in the place of what had it before.
    ///
    /// # Errors
    ///
    /// It is not what was announced, or the system refuses; then what had the name still has it. With `--sync`, the
    /// last waits for the disk may fail when the new file has the name already.
    pub fn finish(&self) -> Result<(), Refusal> {
        let came = self.hasher.digest();
        if came != self.digest {
            self.partial.forget();
            let text = format!("the SHA-256 of what came is {came}, not {}", self.digest);
            return Err(Refusal::new(Code::Mismatch, text));
        }
        self.publish().map_err(|error| Refusal::system(&error))
    }

    fn publish(&self) -> io::Result<()> {
        let Directory { root, policy, .. } = &*self.directory;
        let (path, folder) = (self.name.path(), place::folder(&self.name));
        if policy.sync {
            // Linux tells of a write that failed once. Asked again, it would say that all is well.
            self.partial.file().sync_all().inspect_err(|_| self.partial.forget())?;
        }
        root.create_dir_all(folder)?;
        self.partial.publish(path)?;
        if policy.sync {
            // A new name stands in its folder, which is a file, too; and the folder may be new.
            for folder in path.ancestors().skip(1) {
                let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
                root.open(folder)?.sync_all()?;
            }
        }
        Ok(())
    }
}

impl Drop for Upload {
    /// What cannot be written now will be sent again.
    fn drop(&mut self) {
        let _ = self.flush();
        self.directory.uploads.fetch_sub(1, Ordering::Relaxed);
    }
}
