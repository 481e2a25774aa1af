//! `paystage conform`: which forgeries does your verifier accept, and which good tokens does it refuse?

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::time::Duration;

use crate::cli::arguments::corpus::ConformArguments;
use crate::cli::corpus;
use crate::cli::ending::Ending;
use crate::cli::findings::{Finding, Findings};
use crate::io::files;
use crate::io::outbound::Reach;
use crate::io::progress::Progress;
use crate::io::verifier::{Said, Verifier};
use crate::protocol::corpus::attack::TokenKind;

/// Asks about every forgery and every twin, each text once, and reports.
pub(crate) fn run(arguments: &ConformArguments, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let trust = corpus::trust(&arguments.corpus);
    let attacks = corpus::attacks(&arguments.corpus, &trust, &[TokenKind::Receipt])?;
    let texts: BTreeSet<&str> =
        attacks.iter().flat_map(|attack| [attack.token.as_str(), attack.twin.as_str()]).collect();
    let asked: Vec<&str> = texts.into_iter().collect();
    let number = u64::try_from(asked.len())?;
    let progress = Progress::counting(number, "tokens");
    let time_limit = Duration::from_millis(arguments.timeout_ms);
    let said = verifier(arguments)?.ask_all(&asked, time_limit, arguments.jobs.into(), |done| {
        let done = u64::try_from(done).unwrap_or(number);
        progress.tell(done, done);
    })?;
    let _ = progress.finish();
    let answers: BTreeMap<&str, Said> = asked.into_iter().zip(said).collect();
    let findings = attacks.iter().filter_map(|attack| {
        let answer = |text: &str| answers.get(text);
        Some(Finding::of(attack, answer(&attack.token)?, answer(&attack.twin)?))
    });
    let findings = Findings::of(&arguments.verifier, findings.collect());
    if let Some(place) = &arguments.junit {
        files::save(place, findings.junit()?.as_bytes())?;
    }
    if arguments.json {
        serde_json::to_writer_pretty(&mut *out, &findings)?;
        writeln!(out)?;
    } else {
        findings.print(out)?;
    }
    Ok(Ending::of(findings.is_clean()))
}

fn verifier(arguments: &ConformArguments) -> anyhow::Result<Verifier> {
    let word = &arguments.verifier;
    if word.trim().is_empty() {
        anyhow::bail!("--verifier is empty; give an address or a command");
    }
    if word.starts_with("https://") {
        anyhow::bail!("only plain http is spoken; give the address of the verifier behind TLS: {word}");
    }
    if !word.starts_with("http://") {
        return Ok(Verifier::Command(word.clone()));
    }
    let reach = arguments.allow_host.iter().fold(Reach::loopback(), |reach, host| reach.and_host(host));
    Ok(Verifier::Url { url: word.clone(), reach })
}
