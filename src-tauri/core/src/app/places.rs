//! Buckets of profiles, opened once and kept.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use hoist_store::oss::{OssAccount, OssBucket, OssConfig};
use hoist_store::s3::{S3Account, S3Bucket, S3Config, S3Credentials, S3Dialect};
use hoist_store::{Account, Bucket};

use super::live::{Live, SEPARATOR};
use crate::builtin::{BuiltinEndpoint, BuiltinStore};
use crate::events::{AppEvent, EventSink};
use crate::pipeline::{NameLocks, Place, Places, target_id};
use crate::problem::{Problem, Result};
use crate::profile::provider::Protocol;
use crate::profile::{Profile, Provider, provider, public_base};
use crate::secret::{Secret, Secrets};
use crate::uploads::Choices as _;
use crate::view::StoreStatus;

/// Region the built-in store signs for.
const LOCAL_REGION: &str = "us-east-1";

pub(super) struct Buckets {
    live: Arc<Live>,
    secrets: Secrets,
    builtin: Arc<dyn BuiltinStore>,
    events: Arc<dyn EventSink>,
    extra_ca: Option<PathBuf>,
    open: Mutex<HashMap<String, Open>>,
    /// So that four uploads ask the keyring once.
    opening: NameLocks,
    /// Where buckets that are not a profile's own were found to be.
    regions: Mutex<HashMap<String, String>>,
    told: Mutex<Option<StoreStatus>>,
}

/// A bucket, and what it was opened for.
struct Open {
    profile: Profile,
    endpoint: String,
    place: Place,
}

impl fmt::Debug for Buckets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Buckets")
    }
}

impl Buckets {
    pub(super) fn new(
        live: Arc<Live>,
        secrets: Secrets,
        builtin: Arc<dyn BuiltinStore>,
        events: Arc<dyn EventSink>,
        extra_ca: Option<PathBuf>,
    ) -> Self {
        Self {
            live,
            secrets,
            builtin,
            events,
            extra_ca,
            open: Mutex::default(),
            opening: NameLocks::default(),
            regions: Mutex::default(),
            told: Mutex::default(),
        }
    }

    pub(super) fn store_status(&self) -> StoreStatus {
        self.builtin.status()
    }

    /// Starts the built-in store; tells when that has changed where it stands.
    pub(super) async fn start_store(&self) -> Result<BuiltinEndpoint> {
        let endpoint = self.builtin.start().await?;
        let news = {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            let news = told.as_ref() != Some(&endpoint.status);
            *told = Some(endpoint.status.clone());
            news
        };
        if news {
            self.events.emit(AppEvent::Store { store: endpoint.status.clone() });
        }
        Ok(endpoint)
    }

    /// What identifies the bucket of a profile and what its links start with, without opening it.
    pub(super) fn address(&self, profile: &Profile) -> Result<(String, String)> {
        let base = match profile.provider {
            Provider::Local if is_own(profile) => self.builtin.status().public_base,
            // Nobody reads another bucket of the built-in store without keys.
            Provider::Local => String::new(),
            _ => public_base(profile)?.url,
        };
        Ok((target(profile)?, base))
    }

    async fn open_local(&self, profile: Profile) -> Result<Place> {
        let endpoint = self.start_store().await?;
        if let Some(place) = self.known(&profile, &endpoint.endpoint_url) {
            return Ok(place);
        }
        let bucket = s3(local_config(&profile, &endpoint), &profile)?;
        let (base, is_set) = match is_own(&profile) {
            true => (endpoint.public_base, true),
            false => (format!("{}/{}", endpoint.endpoint_url, profile.bucket), false),
        };
        self.keep(profile, bucket, endpoint.endpoint_url, base, is_set)
    }

    /// The account that a profile's keys belong to. It is asked too seldom to be kept.
    pub(super) async fn account(&self, name: &str) -> Result<(Profile, Arc<dyn Account>)> {
        let profile = self.live.profile(name)?;
        let wrong = |error| Problem::from_store(&error, &profile.name);
        if profile.provider == Provider::Local {
            let config = local_config(&profile, &self.start_store().await?);
            let account = S3Account::new(config).map_err(wrong)?;
            return Ok((profile, Arc::new(account)));
        }
        let secret = self.secrets.get(&profile.name, &profile.secret).await?;
        let account: Arc<dyn Account> = match self.config(&profile, &secret)? {
            Config::S3(config) => Arc::new(S3Account::new(config).map_err(wrong)?),
            Config::Oss(_) => {
                // A custom domain is one bucket's: the account is asked at its own address.
                let at_home = Profile { cname: false, ..profile.clone() };
                let mut config = provider::oss::config(&at_home, &secret)?;
                config.extra_ca = self.extra_ca.clone();
                Arc::new(OssAccount::new(config).map_err(wrong)?)
            }
        };
        Ok((profile, account))
    }

    /// A place in the region of its bucket: an account of OSS or AWS has buckets in many.
    async fn at_home(&self, place: Profile) -> Result<Profile> {
        let moves =
            matches!(place.provider, Provider::Oss | Provider::S3) && place.endpoint.is_none();
        if is_own(&place) || !moves {
            return Ok(place);
        }
        if let Some(region) = self.regions().get(&place.name) {
            return Ok(Profile { region: Some(region.clone()), ..place });
        }
        let (_, account) = self.account(owner(&place.name)).await?;
        // Whoever may not ask is in the profile's own region, or told of the right one by the store.
        let Ok(info) = account.bucket_info(&place.bucket).await else { return Ok(place) };
        let region = info.summary.region.or_else(|| place.region.clone());
        if let Some(region) = &region {
            self.regions().insert(place.name.clone(), region.clone());
        }
        Ok(Profile { region, ..place })
    }

    fn regions(&self) -> std::sync::MutexGuard<'_, HashMap<String, String>> {
        self.regions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn open_remote(&self, profile: Profile) -> Result<Place> {
        if let Some(place) = self.known(&profile, "") {
            return Ok(place);
        }
        let secret = self.secrets.get(owner(&profile.name), &profile.secret).await?;
        let bucket = match self.config(&profile, &secret)? {
            Config::S3(config) => s3(config, &profile)?,
            Config::Oss(config) => {
                let bucket = OssBucket::new(config)
                    .map_err(|error| Problem::from_store(&error, &profile.name))?;
                Arc::new(bucket)
            }
        };
        let base = public_base(&profile)?;
        self.keep(profile, bucket, String::new(), base.url, base.is_set)
    }

    /// The bucket of a place with what only OSS has; `None` elsewhere.
    pub(super) async fn oss(&self, name: &str) -> Result<Option<OssBucket>> {
        let profile = self.at_home(self.live.profile(name)?).await?;
        if profile.provider != Provider::Oss {
            return Ok(None);
        }
        let secret = self.secrets.get(owner(&profile.name), &profile.secret).await?;
        let mut config = provider::oss::config(&profile, &secret)?;
        config.extra_ca = self.extra_ca.clone();
        let bucket = OssBucket::new(config);
        bucket.map(Some).map_err(|error| Problem::from_store(&error, &profile.name))
    }

    /// What a profile's bucket is opened with.
    fn config(&self, profile: &Profile, secret: &Secret) -> Result<Config> {
        let endpoint = provider::endpoint(profile)?;
        let Protocol::S3(dialect) = endpoint.protocol else {
            let mut config = provider::oss::config(profile, secret)?;
            config.extra_ca = self.extra_ca.clone();
            return Ok(Config::Oss(config));
        };
        let credentials = S3Credentials::new(
            secret.access_key_id.expose(),
            secret.secret_access_key.expose(),
            secret.session_token.as_ref().map(|token| token.expose().clone()),
        );
        let mut config = S3Config::new(dialect, endpoint.region, &profile.bucket, credentials)
            .path_style(endpoint.path_style);
        config.endpoint = endpoint.url;
        config.extra_ca = self.extra_ca.clone();
        config.retry_partition = Some(profile.name.clone());
        Ok(Config::S3(config))
    }

    fn known(&self, profile: &Profile, endpoint: &str) -> Option<Place> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(&profile.name)
            .filter(|open| open.profile == *profile && open.endpoint == endpoint)
            .map(|open| open.place.clone())
    }

    fn keep(
        &self,
        profile: Profile,
        bucket: Arc<dyn Bucket>,
        endpoint: String,
        public_base: String,
        public_base_is_set: bool,
    ) -> Result<Place> {
        let place = Place {
            target: target(&profile)?,
            bucket,
            public_base,
            public_base_is_set,
            profile: profile.clone(),
        };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.insert(profile.name.clone(), Open { profile, endpoint, place: place.clone() });
        Ok(place)
    }
}

/// What a bucket of either protocol is opened with.
enum Config {
    S3(S3Config),
    Oss(OssConfig),
}

fn local_config(profile: &Profile, endpoint: &BuiltinEndpoint) -> S3Config {
    let credentials = S3Credentials::new(&endpoint.access_key, &endpoint.secret_key, None);
    let bucket = if is_own(profile) { &endpoint.bucket } else { &profile.bucket };
    let mut config = S3Config::new(S3Dialect::Hoist, LOCAL_REGION, bucket, credentials)
        .endpoint(&endpoint.endpoint_url)
        .path_style(true);
    config.retry_partition = Some(profile.name.clone());
    config
}

/// The profile whose keys open a place.
pub(super) fn owner(place: &str) -> &str {
    place.split_once(SEPARATOR).map_or(place, |(profile, _)| profile)
}

/// Whether a place is a profile's own bucket.
fn is_own(place: &Profile) -> bool {
    !place.name.contains(SEPARATOR)
}

fn s3(config: S3Config, profile: &Profile) -> Result<Arc<dyn Bucket>> {
    let bucket =
        S3Bucket::new(config).map_err(|error| Problem::from_store(&error, &profile.name))?;
    Ok(Arc::new(bucket))
}

/// What says that two profiles are of the same bucket, however its requests travel.
fn target(profile: &Profile) -> Result<String> {
    if profile.provider == Provider::Local {
        // Its port may move; it stays the same store.
        return Ok(target_id("local", "", &profile.bucket));
    }
    if profile.provider == Provider::Oss {
        // A bucket's name is its own in all of OSS; a private cloud's only there.
        let cloud = match provider::oss::address(profile)?.0 {
            provider::oss::Address::Url(url) => url,
            _ => String::new(),
        };
        return Ok(target_id(profile.provider.id(), &cloud, &profile.bucket));
    }
    let endpoint = provider::endpoint(profile)?;
    Ok(target_id(
        profile.provider.id(),
        endpoint.url.as_deref().unwrap_or_default(),
        &profile.bucket,
    ))
}

#[async_trait]
impl Places for Buckets {
    async fn place(&self, name: &str) -> Result<Place> {
        let profile = self.at_home(self.live.profile(name)?).await?;
        let _opening = self.opening.lock(name.to_owned()).await;
        match profile.provider {
            Provider::Local => self.open_local(profile).await,
            _ => self.open_remote(profile).await,
        }
    }

    fn forget(&self, profile: &str) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, open| owner(&open.profile.name) != owner(profile));
    }
}
