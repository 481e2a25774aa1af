//! Sizes: tokens that the right key has signed, and that hold more than a reader should take in before it knows who speaks.
//!
//! RFC 8259, 9 leaves limits to the reader; the plan says which one is asked about.

use crate::protocol::corpus::attack::{Attack, Class, Family};
use crate::protocol::corpus::bench::{Bench, Tray};
use crate::protocol::corpus::members::Members;
use crate::protocol::jwt::SignError;

const RULE: &str = "RFC 8259, 9";
/// What servers often take as a body, and what a device's receipt store once took.
const LARGE: [(Class, usize); 2] = [
    (Class::new("size-64-kib", "It has more than 64 KiB, and is well signed", RULE), 64 << 10),
    (Class::new("size-1-mib", "It has more than 1 MiB, and is well signed", RULE), 1 << 20),
];
/// Deeper than readers that call themselves can go for certain, and as deep as any token needs to.
const DEEP: usize = 3_000;
const SHALLOW: usize = 8;
/// More claims than any token has.
const MANY: usize = 400;
/// Members by this name mean nothing to anybody, and must be passed over. RFC 7519, 4; RFC 7515, 4.
const NAME: &str = "x-bulk";

/// All of this family.
///
/// # Errors
/// [`SignError`].
pub fn attacks(bench: &Bench<'_>) -> Result<Vec<Attack>, SignError> {
    let mut tray = Tray::new(bench, Family::Sizes)?;
    let limit = bench.trust.plan().limit_bytes;
    bulky(bench, limit, &mut tray)?;
    deep(bench, &mut tray)?;
    many(bench, &mut tray)?;
    Ok(tray.attacks())
}

/// Tokens just above the limit and far above it, beside one that just keeps it.
fn bulky(bench: &Bench<'_>, limit: usize, tray: &mut Tray<'_>) -> Result<(), SignError> {
    let with_claim = |bytes: usize| bench.signed(&bench.header, &with_bulk(&bench.claims, bytes));
    let with_header = |bytes: usize| bench.signed(&with_bulk(&bench.header, bytes), &bench.claims);
    let room = limit.saturating_sub(bench.good()?.len());
    let kept = fitting(limit, room, with_claim)?;
    let class = Class::new("size-over-limit", "It is a little longer than the verifier should take", RULE);
    tray.add_beside(class, first_over(limit, room, with_claim)?, kept.clone());
    let class =
        Class::new("header-over-limit", "Its header makes it a little longer than the verifier should take", RULE);
    tray.add_beside(class, first_over(limit, room, with_header)?, fitting(limit, room, with_header)?);
    for (class, bytes) in LARGE.into_iter().filter(|(_, bytes)| *bytes > limit) {
        tray.add_beside(class, with_claim(bytes)?, kept.clone());
    }
    Ok(())
}

/// The longest of these tokens within the limit.
fn fitting(limit: usize, room: usize, made: impl Fn(usize) -> Result<String, SignError>) -> Result<String, SignError> {
    let mut bulk = bulk_for(room);
    loop {
        let token = made(bulk)?;
        if token.len() <= limit || bulk == 0 {
            return Ok(token);
        }
        bulk -= 1;
    }
}

/// The shortest of these tokens beyond it.
fn first_over(
    limit: usize,
    room: usize,
    made: impl Fn(usize) -> Result<String, SignError>,
) -> Result<String, SignError> {
    let mut bulk = bulk_for(room).saturating_sub(4);
    loop {
        let token = made(bulk)?;
        if token.len() > limit {
            return Ok(token);
        }
        bulk += 1;
    }
}

/// About how many bytes of JSON make so many of base64url, the member's own name aside.
fn bulk_for(room: usize) -> usize {
    (room * 3 / 4).saturating_sub(NAME.len() + 5)
}

fn with_bulk(members: &Members, bytes: usize) -> Members {
    members.with_text(NAME, &"x".repeat(bytes))
}

/// A member nested deeper than any reader should follow, in the claims and in the header.
fn deep(bench: &Bench<'_>, tray: &mut Tray<'_>) -> Result<(), SignError> {
    let nested = |members: &Members, depth| members.with(NAME, format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
    let room = bench.trust.plan().limit_bytes.saturating_sub(bench.good()?.len());
    let depth = DEEP.min(bulk_for(room) / 2).max(SHALLOW + 1);
    tray.add_beside(
        Class::new("claims-deep", "One of its claims nests thousands of lists, which overflows careless readers", RULE),
        bench.signed(&bench.header, &nested(&bench.claims, depth))?,
        bench.signed(&bench.header, &nested(&bench.claims, SHALLOW))?,
    );
    tray.add_beside(
        Class::new("header-deep", "Its header nests thousands of lists, before anything is known of who made it", RULE),
        bench.signed(&nested(&bench.header, depth), &bench.claims)?,
        bench.signed(&nested(&bench.header, SHALLOW), &bench.claims)?,
    );
    Ok(())
}

/// Hundreds of claims that nobody knows: to be passed over, but not when one of them stands there twice.
fn many(bench: &Bench<'_>, tray: &mut Tray<'_>) -> Result<(), SignError> {
    let claims = (0..MANY).fold(bench.claims.clone(), |claims, number| claims.with(&format!("x{number}"), "1"));
    tray.add_beside(
        Class::new(
            "claims-many-twice",
            "The first of its hundreds of claims stands there again as the last",
            "RFC 7519, 4",
        ),
        bench.signed(&bench.header, &claims.after(&format!("x{}", MANY - 1), "2"))?,
        bench.signed(&bench.header, &claims)?,
    );
    Ok(())
}
