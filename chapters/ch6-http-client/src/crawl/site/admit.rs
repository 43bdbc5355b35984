//! Which links lead to what is asked for.

use super::{Id, Known, MOST_KNOWN, MOST_PLACES, Reason, Site, Task};
use crate::crawl::answer::Link;
use crate::crawl::normal::{LONGEST_URL, is_circular, is_cut};
use crate::url::{Url, is_http, origin};

impl Site {
    /// Does it belong to the site?
    pub(super) fn is_inside(&self, url: &Url) -> bool {
        self.origins.contains(&origin(url))
    }

    /// Takes note of a link, and follows it if it is to be followed.
    pub(super) fn link(&mut self, from: Id, link: Link, is_dead_end: bool) {
        let url = match Url::parse(&link.url) {
            Ok(url) if !is_http(&url) => return self.skips.add(Reason::Scheme, &link.url),
            _ if is_cut(&link.url) => return self.skips.add(Reason::TooLong, &link.url),
            Ok(url) => url,
            Err(_) => return self.skips.add(Reason::NoUrl, &link.url),
        };
        let id = match self.find(url.as_str()) {
            Some(id) => Some(id),
            None if link.nofollow || is_dead_end => {
                return self.skips.add(Reason::Nofollow, url.as_str());
            }
            None if link.asset && !self.options.assets => None,
            None => {
                let is_page = !link.asset && self.is_inside(&url);
                let task = if is_page { Task::Page } else { Task::Check };
                let depth = self.known[from].depth.saturating_add(1);
                self.admit(url, task, from, depth, 0, false)
            }
        };
        if let Some(id) = id {
            self.place(id, from, link.text);
        }
    }

    /// A link to this one stands on that page, with these words.
    pub(super) fn place(&mut self, id: Id, page: Id, words: String) {
        let known = &mut self.known[id];
        known.places_in_all += 1;
        if known.places.len() < MOST_PLACES {
            known.places.push((page, words));
        }
    }

    /// The number of a URL, which is asked for from now on if nothing is against it.
    pub(super) fn admit(
        &mut self,
        url: Url,
        task: Task,
        from: Id,
        depth: u32,
        hops: usize,
        is_start: bool,
    ) -> Option<Id> {
        if let Some(id) = self.find(url.as_str()) {
            return Some(id);
        }
        let is_inside = self.is_inside(&url);
        let is_variant = url.query().is_some();
        let path = || url.as_str().split('?').next().unwrap_or_default();
        let reason = if !is_inside && !self.options.external {
            Some(Reason::OffSite)
        } else if task == Task::Page && is_inside && depth > self.options.depth {
            Some(Reason::TooDeep)
        } else if url.as_str().len() > LONGEST_URL {
            Some(Reason::TooLong)
        } else if is_circular(&url) {
            Some(Reason::Circular)
        } else if is_variant
            && self.variants.get(path()).copied().unwrap_or(0) >= self.options.variants
        {
            Some(Reason::Variants)
        } else if self.known.len() >= MOST_KNOWN {
            Some(Reason::Full)
        } else {
            None
        };
        if let Some(reason) = reason {
            self.skips.add(reason, url.as_str());
            return None;
        }
        if is_variant {
            *self.variants.entry(path().to_owned()).or_default() += 1;
        }
        let task = if is_inside { task } else { Task::Check };
        Some(self.push(url, task, Some(from), depth, hops, is_start))
    }

    pub(super) fn push(
        &mut self,
        url: Url,
        task: Task,
        parent: Option<Id>,
        depth: u32,
        hops: usize,
        is_start: bool,
    ) -> Id {
        let id = self.known.len();
        self.waiting += usize::from(task == Task::Page);
        self.by_url.insert(url.as_str().to_owned(), id);
        self.known.push(Known {
            url,
            task,
            depth,
            parent,
            hops,
            is_start,
            is_left_out: false,
            answer: None,
            links: 0,
            duplicate_of: None,
            places: Vec::new(),
            places_in_all: 0,
        });
        id
    }
}

#[cfg(test)]
mod tests;
