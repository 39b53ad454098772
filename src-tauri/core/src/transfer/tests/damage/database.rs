//! The file of the database and its journal, damaged as disks and other programs do it.

use proptest::sample::Index;

use super::*;

#[derive(Debug, Clone)]
enum Harm {
    None,
    Flips(Vec<(Index, u8)>),
    Cut(Index),
    Empty,
    Garbage(Vec<u8>),
    Missing,
}

fn harm() -> impl Strategy<Value = Harm> {
    let at = any::<Index>;
    prop_oneof![
        3 => Just(Harm::None),
        5 => proptest::collection::vec((at(), 1..=255u8), 1..30).prop_map(Harm::Flips),
        3 => at().prop_map(Harm::Cut),
        1 => Just(Harm::Empty),
        1 => proptest::collection::vec(any::<u8>(), 1..9000).prop_map(Harm::Garbage),
        1 => Just(Harm::Missing),
    ]
}

fn spoil(path: &Path, harm: &Harm) {
    let mut bytes = std::fs::read(path).unwrap_or_default();
    match harm {
        Harm::None => return,
        Harm::Flips(places) => {
            if !bytes.is_empty() {
                places.iter().for_each(|(at, by)| *at.get_mut(&mut bytes) ^= by);
            }
        }
        Harm::Cut(at) => bytes.truncate(at.index(bytes.len() + 1)),
        Harm::Empty => bytes.clear(),
        Harm::Garbage(garbage) => bytes.clone_from(garbage),
        Harm::Missing => {
            let _ = std::fs::remove_file(path);
            return;
        }
    }
    std::fs::write(path, bytes).unwrap();
}

/// The number of a file, which it keeps under another name.
fn number(path: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt as _;
    path.metadata().ok().map(|metadata| metadata.ino())
}

async fn opened(world: &mut World, harms: &[Harm; 3]) -> TestCaseResult {
    world.restore().await;
    let database = world.work().join("transfers.db");
    for (name, harm) in ["transfers.db", "transfers.db-wal", "transfers.db-shm"].iter().zip(harms) {
        spoil(&world.work().join(name), harm);
    }
    let wanted = async |transfers: &Transfers| {
        let id = world.ask(transfers, 0).await?;
        let view = transfers.run(id, Arc::default()).await?;
        Ok::<_, Problem>((view.state, view.problem))
    };
    let mut told = Vec::new();
    // What a statement stumbles over is found out at the next start.
    for start in 0..4 {
        let before = number(&database);
        let (transfers, aside) = match world.try_open() {
            Ok(opened) => opened,
            Err(problem) => {
                let told = [Code::TransfersUnavailable, Code::TransfersTooNew];
                prop_assert!(told.contains(&problem.code), "{:?}", problem);
                prop_assert_eq!(number(&database), before, "it was replaced");
                // Of a version that is not there yet: a person decides.
                prop_assert_eq!(problem.code, Code::TransfersTooNew, "{:?}", problem);
                return Ok(());
            }
        };
        match &aside {
            Some(problem) => {
                prop_assert_eq!(problem.code, Code::TransfersDamaged);
                prop_assert_eq!(number(problem.subject.as_ref()), before, "it was not kept");
            }
            None => prop_assert!(before.is_none() || number(&database) == before, "replaced"),
        }
        if start == 0 {
            let _ = transfers.views().await;
            for id in world.jobs {
                let _ = transfers.standing(id).await;
                let _ = transfers.run(id, Arc::default()).await;
                world.check()?;
                let _ = transfers.cancel(id).await;
                world.check()?;
            }
        }
        let done = wanted(&transfers).await;
        world.check()?;
        if matches!(done, Ok((State::Done, _))) {
            return world.complete(0);
        }
        told.push(done);
    }
    Err(TestCaseError::fail(format!("nothing can be transferred any more: {told:#?}")))
}

#[test]
fn a_damaged_database_is_kept_and_said_and_another_begun() {
    let world = std::cell::RefCell::new(block_on(World::down()));
    let mut runner = runner(24);
    let result = runner.run(&proptest::array::uniform3(harm()), |harms| {
        block_on(opened(&mut world.borrow_mut(), &harms))
    });
    if let Err(error) = result {
        panic!("{error}\n{runner}");
    }
}

/// An empty file says nothing, but what is beside it may.
#[test]
fn a_journal_without_its_database_is_not_thrown_away() {
    let mut world = block_on(World::down());
    block_on(world.restore());
    let database = world.work().join("transfers.db");
    std::fs::write(&database, "").unwrap();
    let journal = std::fs::read(world.work().join("transfers.db-wal")).unwrap();
    assert!(!journal.is_empty());
    let (transfers, aside) = world.try_open().unwrap();
    let kept = aside.unwrap().subject;
    assert_eq!(std::fs::read(format!("{kept}-wal")).unwrap(), journal);
    assert_eq!(block_on(transfers.views()).unwrap().len(), 0);
}
