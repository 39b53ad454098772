//! Disks that are full: a small tmpfs in a mount namespace of its own, gone with the process.

use std::process::Command;

use crate::scene::{HOIST, MIB, Run, Running, Scene};

/// Runs a shell script with an empty file system of `size` on the folder `disk`. `None` where this
/// system does not let us have one.
fn on_small_disk(scene: &Scene, size: &str, script: &str) -> Option<Run> {
    let allowed = Command::new("unshare").args(["-rm", "true"]).status();
    if !allowed.is_ok_and(|status| status.success()) {
        eprintln!("not run: mount namespaces are not to be had here");
        return None;
    }
    std::fs::create_dir_all(scene.path("disk")).unwrap();
    let script =
        format!("set -e\nmount -t tmpfs -o size={size} none disk\nhoist={HOIST}\n{script}");
    Some(Running::of(scene.command("unshare", &["-rm", "bash", "-c", &script])).end())
}

/// The lines a script printed with `say`.
fn said<'a>(run: &'a Run, what: &str) -> Vec<&'a str> {
    run.stdout.lines().filter_map(|line| line.strip_prefix(what)?.strip_prefix(": ")).collect()
}

#[test]
fn a_download_that_does_not_fit_says_so_and_leaves_nothing() {
    let mut scene = Scene::new("faults-disk");
    let large = scene.noise("large.bin", 12 * MIB);
    scene.object("large.bin", &large);
    let Some(run) = on_small_disk(
        &scene,
        "8m",
        "code=0; $hoist get cloud:large.bin disk/ --json || code=$?
         echo code: $code; echo left: $(ls -A disk | wc -l)
         mount -o remount,size=32m disk
         $hoist get cloud:large.bin disk/; cmp disk/large.bin large.bin; echo same: yes",
    ) else {
        return;
    };
    assert_eq!(said(&run, "code"), ["1"], "{run:?}");
    assert_eq!(said(&run, "left"), ["0"], "{run:?}");
    assert!(run.stderr.contains("no space left"), "{run:?}");
    assert_eq!(said(&run, "same"), ["yes"], "{run:?}");
}

#[test]
fn a_tree_stops_at_a_full_disk_and_goes_on_when_there_is_room() {
    let mut scene = Scene::new("faults-disk-tree");
    for n in 0..40 {
        let bytes = scene.noise(&format!("tree/{n}"), 400_000);
        scene.object(&format!("t/{n}"), &bytes);
    }
    let Some(run) = on_small_disk(
        &scene,
        "8m",
        "code=0; $hoist get cloud:t/ disk/out --json || code=$?
         echo code: $code
         # What has its name is whole.
         for file in $(find disk/out -type f ! -name '*.hoist-part'); do cmp $file tree/$(basename $file); done
         echo whole: $(find disk/out -type f ! -name '*.hoist-part' | wc -l)
         mount -o remount,size=64m disk
         $hoist get cloud:t/ disk/out; diff -r disk/out tree; echo same: yes",
    ) else {
        return;
    };
    assert_eq!(said(&run, "code"), ["1"], "{run:?}");
    assert!(run.stderr.contains("no space left"), "{run:?}");
    let whole: usize = said(&run, "whole")[0].parse().unwrap();
    assert!((1..40).contains(&whole), "{run:?}");
    assert_eq!(said(&run, "same"), ["yes"], "{run:?}");
}

/// The list of transfers itself has no room: no file is called done that is not, and with room the job
/// goes on.
#[test]
fn a_full_disk_under_the_list_of_transfers_is_told() {
    let mut scene = Scene::new("faults-disk-ledger");
    for n in 0..400 {
        scene.noise(&format!("tree/{n}"), 100);
    }
    let Some(run) = on_small_disk(
        &scene,
        "4m",
        "cp -r home disk/home; export HOIST_HOME=$PWD/disk/home
         $hoist transfers
         dd if=/dev/zero of=disk/ballast bs=1k count=100000 status=none 2>/dev/null || true
         truncate -s -40k disk/ballast
         code=0; $hoist put tree cloud:t --json || code=$?
         echo code: $code
         rm disk/ballast
         $hoist put tree cloud:t; echo again: $?",
    ) else {
        return;
    };
    assert_eq!(said(&run, "code"), ["1"], "{run:?}");
    // SQLite does not always know why it could not write.
    let told = run.stderr.contains("no space left") || run.stderr.contains("free space");
    assert!(told, "{run:?}");
    assert_eq!(said(&run, "again"), ["0"], "{run:?}");
    for n in 0..400 {
        let here = std::fs::read(scene.path(&format!("tree/{n}"))).unwrap();
        assert!(scene.stored(&format!("t/{n}")).is_some_and(|bytes| bytes == here), "{n}");
    }
}
