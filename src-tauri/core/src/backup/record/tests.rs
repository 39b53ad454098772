use super::*;

fn open(dir: &Path) -> Result<(Record, Option<Problem>)> {
    Record::open(&dir.join("backups.db"), &dir.join("lock"))
}

fn file(path: &str, key: &str) -> Sent {
    let look = Look { size: 3, modified: -5, changed: 7, id: -1 };
    Sent { path: path.into(), key: key.into(), look, hash: "h".into() }
}

#[test]
fn what_arrived_is_known_by_lane_path_and_key() {
    let dir = tempfile::tempdir().unwrap();
    let (record, _) = open(dir.path()).unwrap();
    let lane = record.lane("t", "/f", "p/{year}/", true).unwrap();
    assert!(lane.is_new);
    record.arrived(lane.id, &[file("a", "k"), file("b/c", "k")]).unwrap();
    assert_eq!(record.sent(lane.id, "a").unwrap(), Some(file("a", "k")));
    assert_eq!(record.others_of(lane.id, "k", "a").unwrap(), ["b/c"]);
    let page = record.page(lane.id, "a", 9).unwrap();
    assert_eq!(page, [file("b/c", "k")]);
    assert!(!record.lane("t", "/f", "p/{year}/", true).unwrap().is_new);
    let other = record.lane("t", "/f", "p/{year}/", false).unwrap();
    assert!(other.is_new && other.id != lane.id);
    record.forget(lane.id, &["a".into()]).unwrap();
    assert_eq!(record.sent(lane.id, "a").unwrap(), None);
}

#[test]
fn the_transfer_of_a_rule_is_known_until_it_is_taken_in() {
    let dir = tempfile::tempdir().unwrap();
    let (record, _) = open(dir.path()).unwrap();
    record.set_report("r", "one").unwrap();
    record.set_job("r", 4, 1).unwrap();
    record.pend(4, &[("/f/a".into(), file("a", "k"))]).unwrap();
    record.rename("r", "s").unwrap();
    assert_eq!((record.job("r").unwrap(), record.job("s").unwrap()), (None, Some((4, 1))));
    assert_eq!(record.pending(4, "/f/a").unwrap().unwrap().look, file("a", "k").look);
    record.clear_job("s", 4).unwrap();
    assert_eq!((record.job("s").unwrap(), record.pending(4, "/f/a").unwrap()), (None, None));
    assert_eq!(record.report("s").unwrap().as_deref(), Some("one"));
    record.remove("s").unwrap();
    assert_eq!(record.report("s").unwrap(), None);
}

#[test]
fn a_newer_record_is_refused_and_a_damaged_one_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    let (record, _) = open(dir.path()).unwrap();
    record.0.read(|connection| connection.pragma_update(None, "user_version", 99)).unwrap();
    drop(record);
    assert_eq!(open(dir.path()).unwrap_err().code, Code::BackupsTooNew);

    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("backups.db"), vec![7; 8192]).unwrap();
    let (record, aside) = open(dir.path()).unwrap();
    assert_eq!(aside.unwrap().code, Code::BackupsDamaged);
    assert!(record.lane("t", "/f", "", true).unwrap().is_new);
    let kept = std::fs::read_dir(dir.path()).unwrap();
    let names = kept.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(names.into_iter().any(|name| name.starts_with("backups-damaged-")));
}
