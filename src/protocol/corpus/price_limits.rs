//! Price limits: certificates that vouch for a key up to a price, before receipts that cost more.
//!
//! A receipt names no price. A right verifier knows what its own product costs, and asks each certificate whether it may.

use crate::protocol::chain::join;
use crate::protocol::corpus::attack::{Attack, Class, Family, TokenKind};
use crate::protocol::corpus::bench::{Bench, Tray};
use crate::protocol::corpus::chains::{claims, signed};
use crate::protocol::corpus::members::Members;
use crate::protocol::jwt::SignError;
use crate::protocol::time::Span;

const RULE: &str = "The receipt's own page: certificates, price_limit";
const NAME: &str = "price_limit";
const DAY: Span = Span::from_days(1);
const LIFE: Span = Span::from_days(40);

/// All of this kind; none for receipts without certificates, nor where the product costs nothing, which every limit allows.
///
/// # Errors
/// [`SignError`].
pub fn attacks(bench: &Bench<'_>) -> Result<Vec<Attack>, SignError> {
    let mut tray = Tray::new(bench, Family::Chains)?;
    if bench.kind == TokenKind::Certified {
        let good = bench.good()?;
        let receipt = good.rsplit('~').next().unwrap_or_default();
        of_one(bench, receipt, &mut tray)?;
    }
    Ok(tray.attacks())
}

/// One certificate, whose limit forbids the price or is none.
fn of_one(bench: &Bench<'_>, receipt: &str, tray: &mut Tray<'_>) -> Result<(), SignError> {
    let (plan, root) = (bench.trust.plan(), bench.trust.root(bench.algorithm)?);
    // The least whole number of units that allows the price; one less forbids it.
    let Some(below) = plan.price.units_up().checked_sub(1) else { return Ok(()) };
    let Some(own) = claims(&bench.key, plan.now - DAY, LIFE) else { return Ok(()) };
    let behind =
        |certificate: Members| -> Result<String, SignError> { Ok(join(&[signed(&certificate, &root)?], receipt)) };
    let allowed = (below + 1).to_string();
    let twin = behind(own.with(NAME, allowed.clone()))?;
    for (class, certificate) in [
        (
            Class::new("price-limit-below", "Its certificate vouches for receipts of lower prices only", RULE),
            own.with(NAME, below.to_string()),
        ),
        (
            Class::new("price-limit-zero", "Its certificate's limit is 0, which careless readers take for none", RULE),
            own.with(NAME, "0"),
        ),
        (Class::new("price-limit-text", "Its certificate's limit is a text", RULE), own.with_text(NAME, &allowed)),
        (Class::new("price-limit-negative", "Its certificate's limit is below zero", RULE), own.with(NAME, "-1")),
        (
            Class::new("price-limit-null", "Its certificate's limit is null, which some readers take for none", RULE),
            own.with(NAME, "null"),
        ),
        (
            Class::new(
                "price-limit-twice",
                "Its certificate names two limits, the one that forbids it first",
                "RFC 7519, 4",
            ),
            own.with(NAME, allowed.clone()).after(NAME, below.to_string()),
        ),
    ] {
        // Where 1 is the least that allows it, 0 is named once.
        if below == 0 && class.name == "price-limit-zero" {
            continue;
        }
        tray.add_beside(class, behind(certificate)?, twin.clone());
    }
    of_two(bench, receipt, below, tray)
}

/// Two certificates, of which one forbids what the other allows: no key can pass on more than it was given.
fn of_two(bench: &Bench<'_>, receipt: &str, below: u64, tray: &mut Tray<'_>) -> Result<(), SignError> {
    let (now, root) = (bench.trust.plan().now, bench.trust.root(bench.algorithm)?);
    let between = bench.trust.between(bench.algorithm)?;
    let (Some(first), Some(second)) = (claims(&between, now - DAY, LIFE), claims(&bench.key, now - DAY, LIFE)) else {
        return Ok(());
    };
    let chain = |limits: [u64; 2]| -> Result<String, SignError> {
        let [one, other] = limits.map(|limit| limit.to_string());
        let certificates = [signed(&first.with(NAME, one), &root)?, signed(&second.with(NAME, other), &between)?];
        Ok(join(&certificates, receipt))
    };
    let (forbids, allows) = (below, below + 1);
    tray.add_beside(
        Class::new(
            "price-limit-of-parent",
            "The first of its two certificates forbids the price that the second allows",
            RULE,
        ),
        chain([forbids, allows])?,
        chain([allows, allows])?,
    );
    tray.add_beside(
        Class::new(
            "price-limit-of-last",
            "The second of its two certificates forbids the price that the first allows",
            RULE,
        ),
        chain([allows, forbids])?,
        chain([allows, allows])?,
    );
    Ok(())
}
