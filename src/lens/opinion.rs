//! The second opinion: one receipt judged by all profiles at once, and by a library called as most people call it.

use crate::lens::library;
use crate::lens::library::Refused;
use crate::protocol::dial::Profile;
use crate::protocol::time::Time;
use crate::protocol::verdict::check::{Check, Outcome};
use crate::protocol::verdict::ladder::Verdict;
use crate::world::World;
use crate::world::party::Party;

/// Who judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judge {
    /// One of this project's profiles.
    Profile(Profile),
    /// The `jsonwebtoken` crate with ordinary settings.
    Library,
}

/// What one judge says of the receipt.
#[derive(Clone, Debug)]
pub struct Opinion {
    /// Who.
    pub judge: Judge,
    /// Whether the receipt opens the app.
    pub is_accepted: bool,
    /// The whole in one sentence.
    pub headline: String,
    /// The historic code, where there is one.
    pub code: Option<&'static str>,
    rungs: [Look; 9],
}

/// What one judge made of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// What became of it.
    pub outcome: Outcome,
    /// The rule behind it, in one sentence.
    pub rule: &'static str,
}

/// All opinions about one receipt.
#[derive(Clone, Debug)]
pub struct Opinions {
    list: Vec<Opinion>,
}

impl Judge {
    /// Everybody who is asked, in the order of the table.
    pub const ALL: [Self; 5] = [
        Self::Profile(Profile::Strict),
        Self::Profile(Profile::Fxpay),
        Self::Profile(Profile::Receiptverifier),
        Self::Profile(Profile::Store),
        Self::Library,
    ];

    /// The head of its column.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Profile(profile) => profile.label(),
            Self::Library => "A typical library call",
        }
    }

    /// What it does, in one sentence.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Profile(profile) => profile.meaning(),
            Self::Library => {
                "The jsonwebtoken crate with its usual settings: signature, issuer and times, with 60 seconds of leeway"
            }
        }
    }
}

impl Opinion {
    /// What it made of this check.
    #[must_use]
    pub fn look(&self, check: Check) -> Look {
        // One for each check, in the order of the enum.
        self.rungs[check as usize]
    }

    fn of_verdict(profile: Profile, verdict: &Verdict) -> Self {
        Self {
            judge: Judge::Profile(profile),
            is_accepted: verdict.is_accepted(),
            headline: verdict.headline().to_owned(),
            code: verdict.code(),
            rungs: Check::ALL.map(|check| {
                let rung = verdict.rung(check);
                Look { outcome: rung.outcome, rule: rung.sentence() }
            }),
        }
    }

    fn of_library(said: &Result<(), Refused>) -> Self {
        let refused = said.as_ref().err();
        Self {
            judge: Judge::Library,
            is_accepted: refused.is_none(),
            headline: refused.map_or_else(|| "Accepted".to_owned(), ToString::to_string),
            code: None,
            rungs: Check::ALL.map(|check| look_of_library(check, refused)),
        }
    }
}

impl Opinions {
    /// Asks everybody about this receipt, as things stand in this world.
    #[must_use]
    pub fn of(world: &World, receipt: &str) -> Self {
        let asked = |judge| match judge {
            Judge::Profile(profile) => Opinion::of_verdict(profile, &world.judged_as(receipt, profile)),
            Judge::Library => {
                let now: Time = world.clock_of(Party::AppPage);
                let said = library::call(receipt, world.app_page().keys(), &world.catalog().market, now);
                Opinion::of_library(&said)
            }
        };
        Self { list: Judge::ALL.map(asked).to_vec() }
    }

    /// What each says, in the order of the table.
    #[must_use]
    pub fn list(&self) -> &[Opinion] {
        &self.list
    }

    /// Whether all come to the same end.
    #[must_use]
    pub fn is_unanimous(&self) -> bool {
        let accepted = self.list.iter().filter(|opinion| opinion.is_accepted).count();
        accepted == 0 || accepted == self.list.len()
    }

    /// Whether one judge passed what another failed, or failed what another never looks at.
    #[must_use]
    pub fn is_disputed(&self, check: Check) -> bool {
        let outcomes = || self.list.iter().map(|opinion| opinion.look(check).outcome);
        let has_failed = outcomes().any(|outcome| outcome == Outcome::Failed);
        let has_let_through = outcomes().any(|outcome| matches!(outcome, Outcome::Passed | Outcome::Skipped));
        has_failed && has_let_through
    }
}

/// What the library made of a check, from where its call ended.
fn look_of_library(check: Check, refused: Option<&Refused>) -> Look {
    let Some(rule) = library::rule(check) else {
        return Look { outcome: Outcome::Skipped, rule: "It never looks at this" };
    };
    let outcome = match refused {
        Some(refused) if refused.check == check => Outcome::Failed,
        // It reads the times of a token only when its signature and issuer are right.
        Some(refused) if refused.check < check => Outcome::NotReached,
        Some(_) | None => Outcome::Passed,
    };
    Look { outcome, rule }
}
