//! What the `Cargo.toml` files say.

use crate::files::{self, File};
use toml::{Table, Value};

/// The manifest of one member.
#[derive(Debug)]
pub struct Manifest {
    /// The member's folder, from the root: `crates/session`.
    pub folder: String,
    /// The file itself.
    pub file: File,
    /// The file, parsed.
    pub table: Table,
}

/// Which table a dependency stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `[dependencies]`, for one target or for all.
    Normal,
    /// `[dev-dependencies]`.
    Dev,
    /// `[build-dependencies]`.
    Build,
}

/// One dependency of a member.
#[derive(Debug)]
pub struct Dependency<'a> {
    /// Its name, as the manifest calls it.
    pub name: &'a str,
    /// Which table it stands in.
    pub kind: Kind,
    /// Its line in the manifest.
    pub line: usize,
    /// Whether it takes its version from the workspace.
    pub from_workspace: bool,
}

impl Manifest {
    /// Reads the manifest in this folder; the root's is in `""`.
    ///
    /// # Panics
    ///
    /// When it cannot be read or parsed.
    pub fn read(folder: &str) -> Self {
        let path =
            if folder.is_empty() { "Cargo.toml".into() } else { format!("{folder}/Cargo.toml") };
        Self::parse(folder, files::read(path))
    }

    /// Takes a manifest from a text.
    ///
    /// # Panics
    ///
    /// When it cannot be parsed.
    pub fn parse(folder: &str, file: File) -> Self {
        let table = file.text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.path));
        Self { folder: folder.into(), file, table }
    }

    /// The value at this path of keys.
    pub fn at(&self, keys: &[&str]) -> Option<&Value> {
        let (first, rest) = keys.split_first()?;
        rest.iter().try_fold(self.table.get(*first)?, |value, key| value.get(key))
    }

    /// The name of the package.
    pub fn name(&self) -> &str {
        self.at(&["package", "name"]).and_then(Value::as_str).unwrap_or_default()
    }

    /// Every dependency, of every kind and for every target.
    pub fn dependencies(&self) -> Vec<Dependency<'_>> {
        let targets = self.table.get("target").and_then(Value::as_table);
        let tables = targets.into_iter().flat_map(Table::values).filter_map(Value::as_table);
        std::iter::once(&self.table)
            .chain(tables)
            .flat_map(|table| self.dependencies_in(table))
            .collect()
    }

    fn dependencies_in<'a>(&'a self, table: &'a Table) -> Vec<Dependency<'a>> {
        [
            ("dependencies", Kind::Normal),
            ("dev-dependencies", Kind::Dev),
            ("build-dependencies", Kind::Build),
        ]
        .into_iter()
        .filter_map(|(key, kind)| Some((key, kind, table.get(key)?.as_table()?)))
        .flat_map(|(key, kind, entries)| {
            entries.iter().map(move |(name, value)| Dependency {
                name,
                kind,
                line: self.line_of(key, name),
                from_workspace: value.get("workspace").and_then(Value::as_bool) == Some(true),
            })
        })
        .collect()
    }

    /// The line of a key in a table, or of the table, or 1.
    pub fn line_of(&self, table: &str, key: &str) -> usize {
        let lines = || self.file.text.lines().enumerate();
        let head =
            lines().find(|(_, line)| line.contains(&format!("{table}]"))).map_or(0, |(at, _)| at);
        let begins = |line: &str| {
            line.strip_prefix(key).is_some_and(|rest| rest.starts_with(['.', ' ', '=']))
        };
        lines().skip(head).find(|(_, line)| begins(line)).map_or(head, |(at, _)| at) + 1
    }
}

/// The manifests of all members, in the order in which the root lists them.
pub fn members() -> Vec<Manifest> {
    let root = Manifest::read("");
    let members = root.at(&["workspace", "members"]).and_then(Value::as_array);
    let folders = members.into_iter().flatten().filter_map(Value::as_str);
    folders.map(Manifest::read).collect()
}
