//! The ladder: nine rungs, what became of each, and what that makes of the receipt.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::protocol::dial::Profile;
use crate::protocol::verdict::check::{Check, CheckSet, Outcome};
use crate::protocol::verdict::evidence::Evidence;
use crate::protocol::verdict::remark::Remark;
use crate::protocol::verdict::store_evidence::StoreEvidence;

/// One rung: a check with what it found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// Which check.
    pub check: Check,
    /// What became of it.
    pub outcome: Outcome,
    /// What it found.
    pub evidence: Evidence,
    /// The historic code of the finding, where one exists. A passed rung may carry one too: a client that lets an expired
    /// receipt in notes `ReceiptExpired` all the same.
    pub code: Option<&'static str>,
    /// Whether the evidence quotes claims that no signature has been checked for.
    pub is_unverified: bool,
}

impl Rung {
    fn unreached(check: Check) -> Self {
        Self { check, outcome: Outcome::NotReached, evidence: Evidence::NotReached, code: None, is_unverified: false }
    }

    /// What was found, in at most 20 plain words, without values.
    #[must_use]
    pub fn sentence(&self) -> &'static str {
        self.evidence.said().sentence
    }

    /// What to do about it, in at most 20 plain words. `None` when nothing needs doing.
    #[must_use]
    pub fn fix(&self) -> Option<&'static str> {
        Some(self.evidence.said().fix).filter(|fix| !fix.is_empty())
    }

    /// The values beside the check; says "unverified" where nobody vouches for them.
    #[must_use]
    pub fn shown(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Rung {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.evidence)?;
        if self.is_unverified { out.write_str(" (unverified)") } else { Ok(()) }
    }
}

/// The result of the ladder. Can be made only by climbing one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    profile: Profile,
    rungs: [Rung; 9],
    remarks: Vec<Remark>,
    state: Option<&'static str>,
    is_cacheable: bool,
}

impl Verdict {
    /// Whose rules judged.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// All nine rungs, from the ground up.
    #[must_use]
    pub fn rungs(&self) -> &[Rung] {
        &self.rungs
    }

    /// One rung.
    #[must_use]
    pub fn rung(&self, check: Check) -> &Rung {
        // The array has one rung for each check, in the order of the enum.
        &self.rungs[check as usize]
    }

    /// Whether the receipt opens the app: every rung passed, was skipped or was switched off.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.rungs.iter().all(|rung| !matches!(rung.outcome, Outcome::Failed | Outcome::NotReached))
    }

    /// Whether nothing is wrong so far and only the store's answer is missing.
    #[must_use]
    pub fn is_waiting_for_store(&self) -> bool {
        self.failed().is_none() && self.rung(Check::Store).evidence == Evidence::Store(StoreEvidence::NotAskedYet)
    }

    /// The rung that ended the climb.
    #[must_use]
    pub fn failed(&self) -> Option<&Rung> {
        self.rungs.iter().find(|rung| rung.outcome == Outcome::Failed)
    }

    /// The verdict in one plain sentence.
    #[must_use]
    pub fn headline(&self) -> &'static str {
        match self.failed() {
            Some(rung) => rung.sentence(),
            None if self.remarks.contains(&Remark::StatusTrusted) => "Nobody looked: the status answer was believed",
            None if self.is_accepted() => "Valid for this app",
            None => "Sound so far; the store has not been asked",
        }
    }

    /// What to do about a refusal.
    #[must_use]
    pub fn fix(&self) -> Option<&'static str> {
        self.failed().and_then(Rung::fix)
    }

    /// The historic code: of the rung that failed, or of one that passed with a remark.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        match self.failed() {
            Some(rung) => rung.code,
            None => self.rungs.iter().rev().find_map(|rung| rung.code),
        }
    }

    /// What got through or was passed by although a careful reader would have stopped.
    #[must_use]
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }

    /// What the historic client calls the whole (`OK`, `NoValidReceipts`, …); `None` for profiles without such words.
    #[must_use]
    pub fn state(&self) -> Option<&'static str> {
        self.state
    }

    /// Whether the historic client keeps the store's answer for later.
    #[must_use]
    pub fn is_cacheable(&self) -> bool {
        self.is_cacheable
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut report = serializer.serialize_struct("Verdict", 8)?;
        report.serialize_field("profile", &self.profile)?;
        report.serialize_field("accepted", &self.is_accepted())?;
        report.serialize_field("headline", self.headline())?;
        report.serialize_field("code", &self.code())?;
        report.serialize_field("fix", &self.fix())?;
        report.serialize_field("state", &self.state)?;
        report.serialize_field("remarks", &self.remarks.iter().map(|remark| remark.sentence()).collect::<Vec<_>>())?;
        report.serialize_field("rungs", &self.rungs)?;
        report.end()
    }
}

impl Serialize for Rung {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut report = serializer.serialize_struct("Rung", 8)?;
        report.serialize_field("check", &self.check)?;
        report.serialize_field("label", self.check.label())?;
        report.serialize_field("outcome", &self.outcome)?;
        report.serialize_field("evidence", &self.evidence.to_string())?;
        report.serialize_field("unverified", &self.is_unverified)?;
        report.serialize_field("sentence", self.sentence())?;
        report.serialize_field("code", &self.code)?;
        report.serialize_field("fix", &self.fix())?;
        report.end()
    }
}

/// What a check found, before anybody decided what becomes of it.
#[derive(Debug)]
pub struct Finding {
    outcome: Outcome,
    evidence: Evidence,
    code: Option<&'static str>,
}

impl Finding {
    /// The check holds.
    #[must_use]
    pub fn passed(evidence: Evidence) -> Self {
        Self { outcome: Outcome::Passed, evidence, code: None }
    }

    /// The check does not hold.
    #[must_use]
    pub fn failed(evidence: Evidence, code: &'static str) -> Self {
        Self { outcome: Outcome::Failed, evidence, code: Some(code) }
    }

    /// The check does not hold, and no historic verifier had a name for that.
    #[must_use]
    pub fn refused(evidence: Evidence) -> Self {
        Self { outcome: Outcome::Failed, evidence, code: None }
    }

    /// The check is not asked for.
    #[must_use]
    pub fn skipped(evidence: Evidence) -> Self {
        Self { outcome: Outcome::Skipped, evidence, code: None }
    }

    /// The check waits for something.
    #[must_use]
    pub fn awaited(evidence: Evidence) -> Self {
        Self { outcome: Outcome::NotReached, evidence, code: None }
    }

    /// The same finding with a remark.
    #[must_use]
    pub fn noting(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }
}

/// A climb under way. Rungs may be taken in any order, since the historic clients had orders of their own.
#[derive(Debug)]
pub struct Climb {
    switched_off: CheckSet,
    rungs: [Rung; 9],
    remarks: Vec<Remark>,
    is_over: bool,
}

impl Climb {
    /// A climb from the ground.
    #[must_use]
    pub fn new(switched_off: CheckSet) -> Self {
        Self { switched_off, rungs: Check::ALL.map(Rung::unreached), remarks: Vec::new(), is_over: false }
    }

    /// Whether a check has failed. What comes after need not be looked at.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// Notes something that changes nothing in the verdict.
    pub fn remark(&mut self, remark: Remark) {
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    /// Takes one rung; returns whether the climb goes on. A switched-off check keeps what it found and never ends the climb.
    /// A rung that is taken twice keeps its first failure, else its last finding.
    pub fn take(&mut self, check: Check, finding: Finding) -> bool {
        if self.is_over {
            return false;
        }
        let is_off = self.switched_off.contains(check);
        let rung = &mut self.rungs[check as usize];
        if is_off && rung.outcome == Outcome::SwitchedOff && rung.code.is_some() {
            return true;
        }
        rung.outcome = if is_off { Outcome::SwitchedOff } else { finding.outcome };
        rung.evidence = finding.evidence;
        rung.code = finding.code;
        self.is_over = rung.outcome == Outcome::Failed;
        !self.is_over
    }

    /// Ends the climb and says what came of it.
    #[must_use]
    pub fn verdict(self, profile: Profile) -> Verdict {
        self.verdict_with(profile, None, false)
    }

    /// Ends the climb of a historic client that has a word for the whole.
    #[must_use]
    pub fn verdict_with(mut self, profile: Profile, state: Option<&'static str>, is_cacheable: bool) -> Verdict {
        let is_signed = self.rungs[Check::Signature as usize].outcome == Outcome::Passed;
        for rung in &mut self.rungs {
            rung.is_unverified = !is_signed && quotes_claims(&rung.evidence);
            if self.is_over && rung.evidence == Evidence::NotReached && self.switched_off.contains(rung.check) {
                rung.outcome = Outcome::SwitchedOff;
            }
        }
        Verdict { profile, rungs: self.rungs, remarks: self.remarks, state, is_cacheable }
    }
}

fn quotes_claims(evidence: &Evidence) -> bool {
    match evidence {
        Evidence::Issuer(_) | Evidence::Type(_) | Evidence::Product(_) | Evidence::Times(_) | Evidence::User(_) => true,
        Evidence::Store(found) => matches!(
            found,
            StoreEvidence::ElsewhereThan { .. }
                | StoreEvidence::LooksAlike(_)
                | StoreEvidence::Unlisted(_)
                | StoreEvidence::OtherService(_)
        ),
        Evidence::NotReached
        | Evidence::NeverLooks
        | Evidence::LeftToStore
        | Evidence::Shape(_)
        | Evidence::Algorithm(_)
        | Evidence::Signature(_) => false,
    }
}
