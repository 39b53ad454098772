//! The parts of one file as a face shows them: which are there, and which are on their way.

use std::collections::BTreeSet;

/// The parts of one file, numbered from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartMap {
    pub total: u32,
    /// Ranges of confirmed parts in order, their ends excluded.
    pub done: Vec<(u32, u32)>,
    /// Parts on their way.
    pub flying: Vec<u32>,
}

impl PartMap {
    /// A map of a file nobody works on; `done` has numbers from 1, in order.
    pub(super) fn resting(total: u32, done: impl IntoIterator<Item = u32>) -> Self {
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for part in done {
            let at = part.saturating_sub(1);
            match ranges.last_mut() {
                Some((_, end)) if *end == at => *end += 1,
                _ => ranges.push((at, at + 1)),
            }
        }
        Self { total, done: ranges, flying: Vec::new() }
    }
}

/// The same while it changes. Numbers are those of the parts, from 1.
#[derive(Debug)]
pub(super) struct LiveParts {
    file: i64,
    total: u32,
    done: BTreeSet<u32>,
    flying: BTreeSet<u32>,
}

impl LiveParts {
    pub(super) fn new(file: i64, total: u32, done: impl IntoIterator<Item = u32>) -> Self {
        Self { file, total, done: done.into_iter().collect(), flying: BTreeSet::new() }
    }

    pub(super) fn is_of(&self, file: i64) -> bool {
        self.file == file
    }

    pub(super) fn flies(&mut self, part: u32) {
        self.flying.insert(part);
    }

    pub(super) fn fell(&mut self, part: u32) {
        self.flying.remove(&part);
    }

    pub(super) fn arrived(&mut self, part: u32) {
        self.flying.remove(&part);
        self.done.insert(part);
    }

    pub(super) fn map(&self) -> PartMap {
        let mut map = PartMap::resting(self.total, self.done.iter().copied());
        map.flying = self.flying.iter().map(|part| part - 1).collect();
        map
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_one_range_and_numbers_begin_at_0() {
        let map = PartMap::resting(10, [1, 2, 3, 5, 9, 10]);
        assert_eq!(map.done, [(0, 3), (4, 5), (8, 10)]);
        assert!(PartMap::resting(3, []).done.is_empty());
    }

    #[test]
    fn a_part_flies_until_it_arrives_or_falls() {
        let mut parts = LiveParts::new(7, 4, [1]);
        parts.flies(2);
        parts.flies(4);
        assert_eq!(parts.map().flying, [1, 3]);
        parts.arrived(2);
        parts.fell(4);
        assert_eq!(parts.map(), PartMap { total: 4, done: vec![(0, 2)], flying: vec![] });
    }
}
