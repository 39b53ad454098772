//! Incomplete downloads that somebody has changed, and other things in their places.

use hoist_store::{
    Capabilities, CopyOptions, DeleteFailure, ListPage, ListRequest, Lost, MultipartUpload, Object,
    ObjectMeta, PresignRequest, Presigned, PutResult,
};
use proptest::sample::Index;
use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::*;

/// A bucket whose ETags say nothing, as with keys of the customer's.
#[derive(Debug)]
struct Opaque(MemoryBucket);

#[async_trait]
impl Bucket for Opaque {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    async fn put(
        &self,
        key: &str,
        body: Body,
        options: &PutOptions,
    ) -> hoist_store::Result<PutResult> {
        self.0.put(key, body, options).await
    }

    async fn get(&self, key: &str, options: &GetOptions) -> hoist_store::Result<Object> {
        let object = self.0.get(key, options).await?;
        Ok(Object { etag_is_md5: false, ..object })
    }

    async fn head(&self, key: &str) -> hoist_store::Result<ObjectMeta> {
        self.0.head(key).await
    }

    async fn list(&self, request: &ListRequest) -> hoist_store::Result<ListPage> {
        self.0.list(request).await
    }

    async fn delete(&self, key: &str) -> hoist_store::Result<()> {
        self.0.delete(key).await
    }

    async fn delete_many(&self, keys: &[String]) -> hoist_store::Result<Vec<DeleteFailure>> {
        self.0.delete_many(keys).await
    }

    async fn copy(
        &self,
        from: &str,
        to: &str,
        options: &CopyOptions,
    ) -> hoist_store::Result<Vec<Lost>> {
        self.0.copy(from, to, options).await
    }

    async fn presign(&self, request: &PresignRequest) -> hoist_store::Result<Presigned> {
        self.0.presign(request).await
    }

    fn multipart(&self) -> Option<&dyn MultipartUpload> {
        self.0.multipart()
    }
}

#[derive(Debug, Clone)]
enum Spoil {
    Nothing,
    Len(u64),
    Flips(Vec<(Index, u8)>),
    Garbage(Vec<u8>),
    Missing,
    Folder,
    Link(&'static str),
    Pipe,
    /// The bytes of another file of the same length.
    Other,
}

fn spoil() -> impl Strategy<Value = Spoil> {
    prop_oneof![
        1 => Just(Spoil::Nothing),
        2 => (0..12u64 << 20).prop_map(Spoil::Len),
        4 => proptest::collection::vec((any::<Index>(), 1..=255u8), 1..4).prop_map(Spoil::Flips),
        1 => proptest::collection::vec(any::<u8>(), 0..2000).prop_map(Spoil::Garbage),
        1 => Just(Spoil::Missing),
        1 => Just(Spoil::Folder),
        2 => prop::sample::select(vec!["secret", "nothing", "."]).prop_map(Spoil::Link),
        1 => Just(Spoil::Pipe),
        2 => Just(Spoil::Other),
    ]
}

fn make(world: &World, path: &Path, spoil: &Spoil) {
    let gone = || {
        let _ = std::fs::remove_file(path);
    };
    let open =
        || std::fs::File::options().write(true).create(true).truncate(false).open(path).unwrap();
    match spoil {
        Spoil::Nothing => {}
        Spoil::Len(len) => open().set_len(*len).unwrap(),
        Spoil::Flips(places) => {
            let mut bytes = std::fs::read(path).unwrap_or_default();
            if !bytes.is_empty() {
                places.iter().for_each(|(at, by)| *at.get_mut(&mut bytes) ^= by);
            }
            std::fs::write(path, bytes).unwrap();
        }
        Spoil::Garbage(bytes) => std::fs::write(path, bytes).unwrap(),
        Spoil::Missing => gone(),
        Spoil::Folder => {
            gone();
            std::fs::create_dir(path).unwrap();
        }
        Spoil::Link(to) => {
            gone();
            std::os::unix::fs::symlink(world.work().join("outside").join(to), path).unwrap();
        }
        Spoil::Pipe => {
            gone();
            mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        }
        Spoil::Other => std::fs::write(path, noise(9 * MIB, 9)).unwrap(),
    }
}

async fn resumed(
    world: &mut World,
    opaque: bool,
    begun: &Spoil,
    place: &Spoil,
    cancelled: bool,
) -> TestCaseResult {
    world.restore().await;
    world.made = matches!(place, Spoil::Folder).then_some("large");
    if opaque {
        world.put_in_place(Opaque(world.memory.clone()));
    }
    let out = world.work().join("out");
    make(world, &out.join("large.hoist-part"), begun);
    // What is there of that name before is a person's.
    if !matches!(place, Spoil::Flips(_) | Spoil::Len(_) | Spoil::Garbage(_) | Spoil::Other) {
        make(world, &out.join("large"), place);
    }
    let transfers = world.open();
    if cancelled {
        let _ = transfers.cancel(world.jobs[0]).await;
        return world.check();
    }
    let view = transfers.run(world.jobs[0], Arc::default()).await.map_err(said)?;
    if view.state == State::Done {
        world.check()?;
        return world.complete(0);
    }
    prop_assert!(view.problem.is_some() || view.files.failed > 0, "{:?}", view);
    world.check()?;
    // Once what stood in the way is gone, it goes on.
    for name in ["large", "large.hoist-part"] {
        let path = out.join(name);
        let _ = std::fs::remove_file(&path).or_else(|_| std::fs::remove_dir(&path));
    }
    world.made = None;
    let view = transfers.run(world.jobs[0], Arc::default()).await.map_err(said)?;
    prop_assert_eq!(view.state, State::Done, "{:?}", view.problem);
    world.check()?;
    world.complete(0)
}

#[test]
fn what_lies_in_the_place_of_an_incomplete_download_is_no_part_of_it() {
    let world = std::cell::RefCell::new(block_on(World::down()));
    let input = (any::<bool>(), spoil(), spoil(), proptest::bool::weighted(0.1));
    let mut runner = runner(16);
    let result = runner.run(&input, |(opaque, begun, place, cancelled)| {
        let world = &mut world.borrow_mut();
        block_on(resumed(world, opaque, &begun, &place, cancelled))
    });
    if let Err(error) = result {
        panic!("{error}\n{runner}");
    }
}
