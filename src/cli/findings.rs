//! Findings: what a verifier made of each forgery and of its twin, as text, JSON and JUnit.

use std::io::Write;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde::Serialize;

use crate::cli::paint::{BAD, OK, QUIET, STRONG, painted, plain};
use crate::cli::report::junit::{written, xml};
use crate::io::verifier::Said;
use crate::protocol::corpus::attack::{Attack, Class};

/// What was wrong about one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "wrong", content = "why")]
pub(crate) enum Wrong {
    /// A forgery got through.
    Accepted,
    /// A good twin did not.
    TwinRefused,
    /// No answer about the forgery.
    Trouble(String),
    /// No answer about the twin.
    TwinTrouble(String),
}

/// One forgery with what was wrong about the answers.
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    pub(crate) name: String,
    pub(crate) flaw: &'static str,
    pub(crate) rule: &'static str,
    pub(crate) is_own_limit: bool,
    pub(crate) found: Vec<Wrong>,
}

impl Finding {
    /// What the two answers come to.
    pub(crate) fn of(attack: &Attack, token: &Said, twin: &Said) -> Self {
        let token = match token {
            Said::Accepted => Some(Wrong::Accepted),
            Said::Refused => None,
            Said::Trouble(why) => Some(Wrong::Trouble(why.clone())),
        };
        let twin = match twin {
            Said::Accepted => None,
            Said::Refused => Some(Wrong::TwinRefused),
            Said::Trouble(why) => Some(Wrong::TwinTrouble(why.clone())),
        };
        let found = token.into_iter().chain(twin).collect();
        let Class { name: _, flaw, rule, is_own_limit } = attack.class;
        Self { name: attack.name(), flaw, rule, is_own_limit, found }
    }

    /// What was wrong, one sentence for each.
    fn sentences(&self) -> impl Iterator<Item = String> {
        self.found.iter().map(|wrong| match wrong {
            Wrong::Accepted if self.is_own_limit => {
                "accepted, which nothing but this stage's own limit forbids".to_owned()
            }
            Wrong::Accepted => "wrongly accepted".to_owned(),
            Wrong::TwinRefused => "its good twin was wrongly refused".to_owned(),
            Wrong::Trouble(why) => format!("no verdict, {why}"),
            Wrong::TwinTrouble(why) => format!("no verdict on its good twin, {why}"),
        })
    }
}

impl Wrong {
    fn is_trouble(&self) -> bool {
        matches!(self, Self::Trouble(_) | Self::TwinTrouble(_))
    }
}

/// All findings, counted.
#[derive(Debug, Serialize)]
pub(crate) struct Findings {
    pub(crate) verifier: String,
    pub(crate) forgeries: usize,
    pub(crate) wrongly_accepted: usize,
    pub(crate) wrongly_refused: usize,
    pub(crate) without_verdict: usize,
    #[serde(rename = "findings")]
    pub(crate) all: Vec<Finding>,
}

impl Findings {
    /// Counts them.
    pub(crate) fn of(verifier: &str, findings: Vec<Finding>) -> Self {
        let count = |is: fn(&Wrong) -> bool| findings.iter().filter(|finding| finding.found.iter().any(is)).count();
        Self {
            verifier: verifier.to_owned(),
            forgeries: findings.len(),
            wrongly_accepted: count(|wrong| *wrong == Wrong::Accepted),
            wrongly_refused: count(|wrong| *wrong == Wrong::TwinRefused),
            without_verdict: count(Wrong::is_trouble),
            all: findings,
        }
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_clean(&self) -> bool {
        self.all.iter().all(|finding| finding.found.is_empty())
    }

    /// The bad ones by name, then the counts.
    pub(crate) fn print(&self, out: &mut dyn Write) -> std::io::Result<()> {
        for finding in self.all.iter().filter(|finding| !finding.found.is_empty()) {
            for sentence in finding.sentences() {
                writeln!(out, "{} {}: {}", painted(BAD, "✗"), finding.name, plain(&sentence))?;
            }
            writeln!(out, "    {} {}", finding.flaw, painted(QUIET, finding.rule))?;
        }
        if self.forgeries > 0 && self.wrongly_refused == self.forgeries {
            writeln!(
                out,
                "Every good token was refused; does the verifier have the keys that `paystage forge --out` writes?"
            )?;
        }
        writeln!(out, "{}", painted(STRONG, format_args!("{} forgeries and their good twins", self.forgeries)))?;
        for (count, what) in [
            (self.wrongly_accepted, "wrongly accepted"),
            (self.wrongly_refused, "with a twin wrongly refused"),
            (self.without_verdict, "without a verdict"),
        ] {
            writeln!(out, "  {} {what}", painted(if count == 0 { OK } else { BAD }, count))?;
        }
        Ok(())
    }

    /// One case for each forgery.
    pub(crate) fn junit(&self) -> anyhow::Result<String> {
        let mut suite = TestSuite::new("paystage conform");
        for finding in &self.all {
            let status = if finding.found.is_empty() {
                TestCaseStatus::success()
            } else {
                let kind = if finding.found.iter().any(Wrong::is_trouble) {
                    NonSuccessKind::Error
                } else {
                    NonSuccessKind::Failure
                };
                let sentences: Vec<String> = finding.sentences().collect();
                let mut status = TestCaseStatus::non_success(kind);
                status.set_message(xml(&sentences.join("; ")));
                status.set_description(format!("{}, {}", finding.flaw, finding.rule));
                status
            };
            let mut case = TestCase::new(finding.name.as_str(), status);
            case.set_classname("paystage.conform");
            suite.add_test_case(case);
        }
        let mut report = Report::new("paystage conform");
        report.add_test_suite(suite);
        written(&report)
    }
}
