//! Landlock: a process gives up rights of its own, and its descendants never get them back.

use crate::sandbox::order::Order;
use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, NetPort, PathBeneath,
    PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError, Scope,
};

/// The newest version whose rights we know. An older kernel takes what it knows of them.
const NEWEST: ABI = ABI::V6;
/// What every program may write to: it all goes nowhere, or to the person at the terminal.
const DEVICES: [&str; 4] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/tty"];

/// Gives up, as far as this kernel can: to write outside of the scratch folder, to bind TCP ports but the given one, to
/// signal or to trace anybody but its own descendants.
pub(super) fn restrict(order: &Order) -> anyhow::Result<()> {
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(writing())?
        .handle_access(AccessNet::BindTcp)?
        .scope(Scope::from_all(NEWEST))?
        .create()?
        .add_rule(PathBeneath::new(PathFd::new(order.scratch())?, writing()))?;
    for device in DEVICES {
        if let Ok(path) = PathFd::new(device) {
            rules =
                rules.add_rule(PathBeneath::new(path, AccessFs::from_file(NEWEST) & writing()))?;
        }
    }
    if let Some(port) = order.bind {
        rules = rules.add_rule(NetPort::new(port, AccessNet::BindTcp))?;
    }
    rules.restrict_self()?;
    Ok(())
}

fn writing() -> BitFlags<AccessFs> {
    AccessFs::from_write(NEWEST)
}

/// A line for each kind of rights that this kernel can take away, and for each that it cannot.
pub(in crate::sandbox) fn isolation() -> Vec<String> {
    let strict = || Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    let can = |rules: Result<Ruleset, RulesetError>| rules.and_then(Ruleset::create).is_ok();
    let means = [
        (
            can(strict().handle_access(AccessFs::from_write(ABI::V1))),
            "writes only in its scratch folder",
            "5.13",
        ),
        (can(strict().handle_access(AccessNet::BindTcp)), "listens only on its port", "6.7"),
        (can(strict().scope(Scope::Signal)), "signals only its own processes", "6.12"),
    ];
    let line = |(can, what, since): (bool, &str, &str)| match can {
        true => format!("landlock: {what}"),
        false => format!(
            "no landlock for “{what}”: it needs Linux {since} or newer with landlock enabled"
        ),
    };
    means.into_iter().map(line).collect()
}
