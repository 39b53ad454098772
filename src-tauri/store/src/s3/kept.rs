//! What a copy keeps of its source beside bytes and headers: the ACL, the storage class, the tags.

use aws_sdk_s3::types::{Grant, ObjectCannedAcl, Permission, StorageClass, Tag};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::error::Asked;
use super::{QUICK, S3Bucket};
use crate::{CopyOptions, ErrorKind, Lost, Result, StoreError};

const EVERYBODY: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

/// A grant: how its grantee is named, its name, and what it permits.
type Said<'a> = (&'static str, &'a str, &'a Permission);

/// An ACL as the headers of a request say it: by its canned name, or grant by grant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct AclHeaders {
    pub(super) canned: Option<ObjectCannedAcl>,
    pub(super) full_control: Option<String>,
    pub(super) read: Option<String>,
    pub(super) read_acp: Option<String>,
    pub(super) write_acp: Option<String>,
}

impl AclHeaders {
    /// What these grants say; `None` when it is what every object has: its owner, and nobody else.
    fn of(grants: &[Grant], owner: Option<&str>) -> Option<Self> {
        let all: Vec<Said<'_>> = grants
            .iter()
            .filter_map(|grant| {
                let (grantee, permission) = (grant.grantee.as_ref()?, grant.permission.as_ref()?);
                let (kind, who) = match (&grantee.uri, &grantee.id, &grantee.email_address) {
                    (Some(uri), _, _) => ("uri", uri),
                    (_, Some(id), _) => ("id", id),
                    (_, _, Some(mail)) => ("emailAddress", mail),
                    _ => return None,
                };
                Some((kind, who.as_str(), permission))
            })
            .collect();
        let owns = |(kind, who, permission): &Said<'_>| {
            **permission == Permission::FullControl
                && *kind == "id"
                // Some stores name the owner in one way and the grantee in another.
                && (Some(*who) == owner || all.len() == 1)
        };
        let (own, others): (Vec<Said<'_>>, Vec<Said<'_>>) = all.iter().copied().partition(owns);
        let has = |who: &str, permission: &Permission| {
            others.iter().any(|grant| grant.1 == who && grant.2 == permission)
        };
        let canned = match others.len() {
            0 => return None,
            1 if has(EVERYBODY, &Permission::Read) => Some(ObjectCannedAcl::PublicRead),
            1 if has(AUTHENTICATED, &Permission::Read) => Some(ObjectCannedAcl::AuthenticatedRead),
            2 if has(EVERYBODY, &Permission::Read) && has(EVERYBODY, &Permission::Write) => {
                Some(ObjectCannedAcl::PublicReadWrite)
            }
            _ => None,
        };
        if let (Some(canned), false) = (&canned, own.is_empty()) {
            return Some(Self { canned: Some(canned.clone()), ..Self::default() });
        }
        let named = |wanted: Permission| {
            let granted = own.iter().chain(&others).filter(|grant| *grant.2 == wanted);
            let list: Vec<String> =
                granted.map(|(kind, who, _)| format!("{kind}=\"{who}\"")).collect();
            (!list.is_empty()).then(|| list.join(", "))
        };
        Some(Self {
            canned: None,
            full_control: named(Permission::FullControl),
            read: named(Permission::Read),
            read_acp: named(Permission::ReadAcp),
            write_acp: named(Permission::WriteAcp),
        })
    }
}

/// Puts an ACL into a request: the builders of the SDK are alike, and types apart.
macro_rules! with_acl {
    ($request:expr, $acl:expr) => {{
        let acl: &$crate::s3::kept::AclHeaders = $acl;
        $request
            .set_acl(acl.canned.clone())
            .set_grant_full_control(acl.full_control.clone())
            .set_grant_read(acl.read.clone())
            .set_grant_read_acp(acl.read_acp.clone())
            .set_grant_write_acp(acl.write_acp.clone())
    }};
}
pub(super) use with_acl;

/// What a copy is still to get, and what it cannot.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) acl: Option<AclHeaders>,
    pub(super) class: Option<String>,
    pub(super) lost: Vec<Lost>,
}

impl Kept {
    /// Takes off what an error may be about, so that the copy can be tried without it; `false` when
    /// there is nothing to take off.
    pub(super) fn without(&mut self, error: &StoreError) -> bool {
        let code = error.provider_code().unwrap_or_default();
        let about = matches!(error.kind(), ErrorKind::AccessDenied | ErrorKind::Unsupported)
            || matches!(code, "InvalidArgument" | "InvalidRequest" | "MalformedACLError");
        if !about {
            return false;
        }
        if code != "InvalidStorageClass" && self.acl.take().is_some() {
            self.lost.push(Lost::Acl);
        } else if error.kind() != ErrorKind::AccessDenied && self.class.take().is_some() {
            self.lost.push(Lost::StorageClass);
        } else {
            return false;
        }
        true
    }
}

impl S3Bucket {
    /// The storage class as a request has to say it; `None` where it is what objects get anyway.
    pub(super) fn class(&self, class: Option<&str>) -> Option<StorageClass> {
        let class = class.filter(|class| self.quirks().default_class != Some(*class));
        class.map(StorageClass::from)
    }

    /// What a copy of `from` is to have beside its headers.
    pub(super) async fn kept(&self, from: &str, options: &CopyOptions) -> Result<Kept> {
        let mut kept = Kept { class: options.storage_class.clone(), ..Kept::default() };
        if options.keep_acl && self.quirks().object_acl {
            match self.acl_of(from, options.version.as_deref()).await {
                Ok(acl) => kept.acl = acl,
                // A store without ACLs loses none.
                Err(error) if error.kind() == ErrorKind::Unsupported => {}
                Err(error) if error.kind() == ErrorKind::AccessDenied => kept.lost.push(Lost::Acl),
                Err(error) => return Err(error),
            }
        }
        Ok(kept)
    }

    async fn acl_of(&self, key: &str, version: Option<&str>) -> Result<Option<AclHeaders>> {
        let asked = Asked::read("read the ACL of", key);
        let request = self
            .client()
            .get_object_acl()
            .bucket(&self.inner.name)
            .key(key)
            .set_version_id(version.map(str::to_owned));
        let sent = self.tune(request.customize(), QUICK).send().await;
        let out = sent.map_err(|error| self.fail(asked, error))?;
        let owner = out.owner.and_then(|owner| owner.id);
        Ok(AclHeaders::of(&out.grants.unwrap_or_default(), owner.as_deref()))
    }

    /// The tags of an object, as a request says them.
    pub(super) async fn tags_of(&self, key: &str, version: Option<&str>) -> Result<Option<String>> {
        let asked = Asked::read("read the tags of", key);
        let request = self
            .client()
            .get_object_tagging()
            .bucket(&self.inner.name)
            .key(key)
            .set_version_id(version.map(str::to_owned));
        let sent = self.tune(request.customize(), QUICK).send().await;
        let out = sent.map_err(|error| self.fail(asked, error))?;
        Ok(query(&out.tag_set))
    }
}

/// Tags as a query.
fn query(tags: &[Tag]) -> Option<String> {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs: Vec<String> =
        tags.iter().map(|tag| format!("{}={}", encoded(&tag.key), encoded(&tag.value))).collect();
    (!pairs.is_empty()).then(|| pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::types::{Grantee, Type};

    use super::*;

    fn grant(who: &str, permission: Permission) -> Grant {
        let group = who.starts_with("http");
        let grantee = Grantee::builder()
            .r#type(if group { Type::Group } else { Type::CanonicalUser })
            .set_uri(group.then(|| who.to_owned()))
            .set_id((!group).then(|| who.to_owned()))
            .build()
            .unwrap();
        Grant::builder().grantee(grantee).permission(permission).build()
    }

    #[test]
    fn an_acl_is_said_in_the_shortest_way() {
        use Permission::{FullControl, Read, ReadAcp, Write};
        let own = || grant("me", FullControl);
        let of = |grants: Vec<Grant>| AclHeaders::of(&grants, Some("me"));
        assert_eq!(of(vec![]), None);
        assert_eq!(of(vec![own()]), None);
        assert_eq!(of(vec![grant("another name of me", FullControl)]), None);
        let canned = |grants| of(grants).unwrap().canned.unwrap();
        let everybody = |permission| grant(EVERYBODY, permission);
        assert_eq!(canned(vec![own(), everybody(Read)]), ObjectCannedAcl::PublicRead);
        let both = vec![everybody(Write), own(), everybody(Read)];
        assert_eq!(canned(both), ObjectCannedAcl::PublicReadWrite);
        let members = vec![own(), grant(AUTHENTICATED, Read)];
        assert_eq!(canned(members), ObjectCannedAcl::AuthenticatedRead);

        let odd = of(vec![own(), everybody(Read), grant("you", Read), grant("you", ReadAcp)]);
        let odd = odd.unwrap();
        assert_eq!((odd.canned, odd.full_control.as_deref()), (None, Some("id=\"me\"")));
        let read = format!("uri=\"{EVERYBODY}\", id=\"you\"");
        assert_eq!((odd.read, odd.read_acp.as_deref()), (Some(read), Some("id=\"you\"")));
        // Read by everybody, but not its owner's any more.
        assert_eq!(of(vec![everybody(Read), grant("you", FullControl)]).unwrap().canned, None);
    }

    #[test]
    fn only_what_an_error_may_be_about_is_given_up() {
        let error = |kind, code| StoreError::new(kind, "no").with_provider_code(code);
        let both = || Kept {
            acl: Some(AclHeaders::default()),
            class: Some("GLACIER".into()),
            lost: Vec::new(),
        };
        let mut kept = both();
        assert!(kept.without(&error(ErrorKind::Unsupported, "InvalidStorageClass")));
        assert_eq!(kept.lost, [Lost::StorageClass]);
        assert!(kept.without(&error(ErrorKind::AccessDenied, "AccessDenied")));
        assert!(!kept.without(&error(ErrorKind::AccessDenied, "AccessDenied")));
        assert_eq!(kept.lost, [Lost::StorageClass, Lost::Acl]);
        assert!(!both().without(&error(ErrorKind::NotFound, "NoSuchKey")));
        let mut class = Kept { acl: None, ..both() };
        assert!(!class.without(&error(ErrorKind::AccessDenied, "AccessDenied")));
    }

    #[test]
    fn tags_are_a_query() {
        let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build().unwrap();
        assert_eq!(query(&[tag("a b", "1&2"), tag("图", "")]).unwrap(), "a%20b=1%262&%E5%9B%BE=");
        assert_eq!(query(&[]), None);
    }
}
