//! Mixes: which faults are tried together, in an order that depends on the scenario alone.

use crate::session::explore::dealt::{Dealt, deal};
use crate::session::explore::end::End;
use crate::session::explore::tally::Tally;
use crate::session::explore::trial::{Ground, Trial};
use crate::session::scenario::plan::Scenario;

/// Why a scenario cannot be explored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unexplorable {
    /// Somebody outside plays along, and cannot be asked to do it again and again.
    #[error(
        "a party of this scenario sits outside, and exploring plays every party itself; give all seats to the stage"
    )]
    Outside,
}

/// Everything that can go wrong with a scenario, one fault at a time and then two at a time.
///
/// Whoever explores tries [`singles`](Self::singles) first, gives each trial back in their order, then tries
/// [`pairs`](Self::pairs). What is found does not depend on who tries what when.
#[derive(Clone, Debug)]
pub struct Exploration {
    ground: Ground,
    plain: Trial,
    /// Every fault that is dealt anywhere; the singles come first.
    dealt: Vec<Dealt>,
    singles: Vec<Option<Felt>>,
    single_count: usize,
    findings: Vec<Finding>,
    void: usize,
}

/// A single fault that did something.
#[derive(Clone, Debug)]
struct Felt {
    end: End,
    tally: Tally,
}

/// Faults that are tried together, as places in the exploration's list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mix {
    /// The first, which the plain run can meet. `None` is the scenario as it stands.
    pub first: Option<usize>,
    /// The second, which a run with the first can meet.
    pub second: Option<usize>,
}

impl Mix {
    /// No further fault.
    pub const NONE: Self = Self { first: None, second: None };

    fn single(first: usize) -> Self {
        Self { first: Some(first), second: None }
    }

    fn pair(first: usize, second: usize) -> Self {
        Self { first: Some(first), second: Some(second) }
    }
}

/// How a mix ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The faults.
    pub mix: Mix,
    /// The end.
    pub end: End,
}

impl Exploration {
    /// Plays the scenario without further faults and deals what can befall it.
    ///
    /// # Errors
    /// [`Unexplorable`].
    pub fn new(scenario: &Scenario) -> Result<Self, Unexplorable> {
        if scenario.setup.seats.has_external() {
            return Err(Unexplorable::Outside);
        }
        let ground = Ground::new(scenario);
        let plain = ground.survey(&[]);
        let dealt = deal(&scenario.setup, &plain.tally);
        let (singles, findings) = (Vec::with_capacity(dealt.len()), Vec::new());
        Ok(Self { ground, plain, single_count: dealt.len(), dealt, singles, findings, void: 0 })
    }

    /// The stage on which mixes are tried.
    #[must_use]
    pub fn ground(&self) -> &Ground {
        &self.ground
    }

    /// How the scenario ends without further faults.
    #[must_use]
    pub fn plain(&self) -> &Trial {
        &self.plain
    }

    /// Every mix of one fault.
    #[must_use]
    pub fn singles(&self) -> Vec<Mix> {
        (0..self.single_count).map(Mix::single).collect()
    }

    /// Every mix of two faults: the second befalls a message that a run with the first really sends. Asked for once every single
    /// was taken.
    pub fn pairs(&mut self) -> Vec<Mix> {
        let mut pairs = Vec::new();
        for first in 0..self.single_count {
            let Some(tally) = self.tally_of(first) else { continue };
            for second in first + 1..self.single_count {
                let is_new = |one: usize| self.tally_of(one).is_some_and(|tally| self.dealt[second].can_befall(tally));
                if self.is_felt(second) && is_new(first) {
                    pairs.push(Mix::pair(first, second));
                }
            }
            // The later one of two may be what makes the earlier one's message rare: then it is met from its side.
            for second in 0..first {
                let met_before = self.tally_of(second).is_some_and(|other| self.dealt[first].can_befall(other));
                if self.is_felt(second) && !met_before && self.dealt[second].can_befall(tally) {
                    pairs.push(Mix::pair(first, second));
                }
            }
            let fresh = self.fresh(tally);
            for dealt in fresh {
                pairs.push(Mix::pair(first, self.place_of(dealt)));
            }
        }
        pairs
    }

    /// What a run with these messages can meet, and the plain run can not.
    fn fresh(&self, tally: &Tally) -> Vec<Dealt> {
        let dealt = deal(&self.ground.scenario().setup, tally);
        dealt.into_iter().filter(|dealt| !dealt.can_befall(&self.plain.tally)).collect()
    }

    fn place_of(&mut self, dealt: Dealt) -> usize {
        let known = self.dealt.iter().skip(self.single_count).position(|known| *known == dealt);
        known.map_or_else(
            || {
                self.dealt.push(dealt);
                self.dealt.len() - 1
            },
            |place| self.single_count + place,
        )
    }

    fn tally_of(&self, single: usize) -> Option<&Tally> {
        self.singles.get(single)?.as_ref().map(|felt| &felt.tally)
    }

    fn is_felt(&self, single: usize) -> bool {
        self.tally_of(single).is_some()
    }

    /// The faults of a mix.
    #[must_use]
    pub fn faults(&self, mix: Mix) -> Vec<&Dealt> {
        mix.first.into_iter().chain(mix.second).filter_map(|place| self.dealt.get(place)).collect()
    }

    /// Tries a mix. Changes nothing, so that any thread can.
    #[must_use]
    pub fn try_mix(&self, mix: Mix) -> Trial {
        let mut faults = self.faults(mix);
        // Faults are numbered in the order in which they begin.
        faults.sort_by_key(|dealt| dealt.onset);
        let is_single = mix.first.is_some() && mix.second.is_none();
        if is_single { self.ground.survey(&faults) } else { self.ground.try_with(&faults) }
    }

    /// Takes in how a mix ended. Singles are given in their order, all of them before the first pair.
    pub fn take(&mut self, mix: Mix, trial: Trial) {
        if mix.second.is_none() {
            let felt = trial.is_felt.then_some(Felt { end: trial.end, tally: trial.tally });
            self.singles.push(felt);
        }
        if trial.is_felt {
            self.findings.push(Finding { mix, end: trial.end });
        } else {
            self.void += 1;
        }
    }

    /// Every mix in which each fault did something, with its end, in the order in which they were taken.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How many mixes came to nothing because one of their faults never struck.
    #[must_use]
    pub fn void_count(&self) -> usize {
        self.void
    }

    /// The bad ends that need all of their faults: with any of them taken away, the end is another. The scenario's own end is
    /// one of them where it is bad.
    #[must_use]
    pub fn roots(&self) -> Vec<Finding> {
        let plain = Finding { mix: Mix::NONE, end: self.plain.end };
        let is_root = |finding: &Finding| finding.end.is_bad() && self.root_of(finding) == finding.mix;
        std::iter::once(plain).chain(self.findings.iter().copied()).filter(is_root).collect()
    }

    /// The smallest part of this mix that ends as it does.
    #[must_use]
    pub fn root_of(&self, finding: &Finding) -> Mix {
        if self.plain.end == finding.end {
            return Mix::NONE;
        }
        let alone = |place: usize| {
            let felt = self.singles.get(place)?.as_ref()?;
            (felt.end == finding.end).then_some(Mix::single(place))
        };
        finding.mix.first.into_iter().chain(finding.mix.second).find_map(alone).unwrap_or(finding.mix)
    }
}
