//! `hoist bucket acl`, `encryption`, `versioning` and `public-access`.

use hoist_core::app::App;
use hoist_store::{CannedAcl, Encryption, PublicAccessBlock, Section, Versioning};
use serde::Serialize;

use super::Done;
use super::account::{becomes, fields_out};
use super::confirm::{clearing, confirm};
use super::document::{changed, nothing, xml};
use crate::args::bucket::{
    AclArgs, EncryptionArgs, PublicAccessArg, PublicAccessArgs, VersioningArg, VersioningArgs,
};
use crate::exit::Outcome;
use crate::out::{Out, columns};
use crate::say::Say;

/// An ACL as `--json` prints it; `acl` is `null` where no canned one says the same.
#[derive(Debug, Serialize)]
struct AclJson<'a> {
    acl: Option<&'static str>,
    owner: Option<&'a str>,
    grants: Vec<GrantJson<'a>>,
}

#[derive(Debug, Serialize)]
struct GrantJson<'a> {
    grantee: &'a str,
    permission: &'a str,
}

pub(super) async fn acl(app: &App, args: &AclArgs, say: Say) -> Done {
    let setup = super::setup(app, &args.section).await?;
    if let Some(outcome) = xml(&setup, Section::Acl, &args.section, say).await? {
        return Ok(outcome);
    }
    if let Some(acl) = args.set.map(CannedAcl::from) {
        let question = becomes(setup.name(), acl, say);
        if acl.is_public()
            && let Err(outcome) = confirm(&question, args.section.yes, say)
        {
            return Ok(outcome);
        }
        setup.set_acl(acl).await?;
        changed(&setup, say);
        return Ok(Outcome::Done);
    }
    let acl = setup.told(Section::Acl, setup.config().acl().await)?;
    let mut out = Out::new();
    if args.section.json {
        let grants = acl.grants.iter();
        out.json(&AclJson {
            acl: acl.canned.map(CannedAcl::id),
            owner: acl.owner.as_deref(),
            grants: grants
                .map(|it| GrantJson { grantee: &it.grantee, permission: &it.permission })
                .collect(),
        });
        return Ok(out.finish(say));
    }
    out.line(acl.canned.map_or("custom", CannedAcl::id));
    // The grants say it where no one word does.
    for grant in acl.grants.iter().filter(|_| acl.canned.is_none()) {
        out.line(columns([&grant.permission, &grant.grantee]));
    }
    Ok(out.finish(say))
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EncryptionJson<'a> {
    algorithm: Option<&'a str>,
    kms_key: Option<&'a str>,
}

pub(super) async fn encryption(app: &App, args: EncryptionArgs, say: Say) -> Done {
    const SECTION: Section = Section::Encryption;
    let setup = super::setup(app, &args.section).await?;
    if let Some(outcome) = xml(&setup, SECTION, &args.section, say).await? {
        return Ok(outcome);
    }
    let config = setup.config();
    if args.clear {
        let words = say.pick("Store new objects unencrypted in", "不再加密新对象：");
        if let Err(outcome) = clearing(&setup, words, args.section.yes, say) {
            return Ok(outcome);
        }
        setup.told(SECTION, config.delete_encryption().await)?;
        changed(&setup, say);
        return Ok(Outcome::Done);
    }
    let there = setup.told(SECTION, config.encryption().await)?;
    if let Some(algorithm) = args.set {
        let base = there.unwrap_or_default();
        let wanted = Encryption { algorithm, kms_key: args.kms_key, ..base };
        setup.told(SECTION, config.put_encryption(&wanted).await)?;
        changed(&setup, say);
        return Ok(Outcome::Done);
    }
    let json = EncryptionJson {
        algorithm: there.as_ref().map(|it| &*it.algorithm),
        kms_key: there.as_ref().and_then(|it| it.kms_key.as_deref()),
    };
    let mut out = Out::new();
    if args.section.json {
        out.json(&json);
    } else {
        fields_out(&mut out, &[("algorithm", json.algorithm), ("kms-key", json.kms_key)]);
        if there.is_none() {
            nothing(say);
        }
    }
    Ok(out.finish(say))
}

#[derive(Debug, Serialize)]
struct VersioningJson {
    versioning: &'static str,
}

pub(super) async fn versioning(app: &App, args: &VersioningArgs, say: Say) -> Done {
    const SECTION: Section = Section::Versioning;
    let setup = super::setup(app, &args.section).await?;
    if let Some(outcome) = xml(&setup, SECTION, &args.section, say).await? {
        return Ok(outcome);
    }
    if let Some(set) = args.set {
        let wanted = match set {
            VersioningArg::Enabled => Versioning::Enabled,
            VersioningArg::Suspended => Versioning::Suspended,
        };
        setup.told(SECTION, setup.config().put_versioning(wanted).await)?;
        changed(&setup, say);
        return Ok(Outcome::Done);
    }
    let versioning = match setup.told(SECTION, setup.config().versioning().await)? {
        Versioning::Off => "off",
        Versioning::Enabled => "enabled",
        Versioning::Suspended => "suspended",
    };
    let mut out = Out::new();
    if args.section.json {
        out.json(&VersioningJson { versioning });
    } else {
        out.line(versioning);
    }
    Ok(out.finish(say))
}

/// The four switches; OSS has one for all.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PublicAccessJson {
    state: &'static str,
    block_acls: bool,
    ignore_acls: bool,
    block_policies: bool,
    restrict: bool,
}

impl From<&PublicAccessBlock> for PublicAccessJson {
    fn from(block: &PublicAccessBlock) -> Self {
        let same = |on| *block == PublicAccessBlock::all(on);
        Self {
            state: if same(true) {
                "blocked"
            } else if same(false) {
                "open"
            } else {
                "partly"
            },
            block_acls: block.block_acls,
            ignore_acls: block.ignore_acls,
            block_policies: block.block_policies,
            restrict: block.restrict,
        }
    }
}

pub(super) async fn public_access(app: &App, args: &PublicAccessArgs, say: Say) -> Done {
    const SECTION: Section = Section::PublicAccessBlock;
    let setup = super::setup(app, &args.section).await?;
    if let Some(outcome) = xml(&setup, SECTION, &args.section, say).await? {
        return Ok(outcome);
    }
    let config = setup.config();
    let there = setup.told(SECTION, config.public_access_block().await)?.unwrap_or_default();
    if let Some(set) = args.set {
        let blocked = set == PublicAccessArg::Blocked;
        let question = format!(
            "{} {}",
            say.pick("Let ACLs and policies make things public in", "允许通过 ACL 和策略公开："),
            setup.name()
        );
        if !blocked && let Err(outcome) = confirm(&question, args.section.yes, say) {
            return Ok(outcome);
        }
        let wanted = PublicAccessBlock { source: there.source, ..PublicAccessBlock::all(blocked) };
        setup.told(SECTION, config.put_public_access_block(&wanted).await)?;
        changed(&setup, say);
        return Ok(Outcome::Done);
    }
    let json = PublicAccessJson::from(&there);
    let mut out = Out::new();
    if args.section.json {
        out.json(&json);
        return Ok(out.finish(say));
    }
    out.line(json.state);
    if json.state == "partly" {
        for (name, on) in [
            ("block-acls", json.block_acls),
            ("ignore-acls", json.ignore_acls),
            ("block-policies", json.block_policies),
            ("restrict", json.restrict),
        ] {
            out.line(format!("{name}: {on}"));
        }
    }
    Ok(out.finish(say))
}
