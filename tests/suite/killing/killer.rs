//! Kills a process when the server comes to a stage, or when the disk has seen so many changes. Nothing here counts time.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use rustix::process::{Pid, Signal, kill_process};

/// How far the server is with a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// A call came.
    Called,
    /// Half of what names or holds the pictures was sent.
    Answering,
    /// All of it was.
    Named,
    /// The whole answer was.
    Answered,
    /// A picture was asked for.
    Asked,
    /// Half of it was sent.
    Half,
    /// All of it was.
    Whole,
}

/// When to strike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Never,
    /// When the server is there for the first time.
    Stage(Stage),
    /// At the so-manieth change in the library's folders, from 1.
    Change(u32),
}

impl Moment {
    pub const STAGES: [Stage; 7] = [
        Stage::Called,
        Stage::Answering,
        Stage::Named,
        Stage::Answered,
        Stage::Asked,
        Stage::Half,
        Stage::Whole,
    ];
}

#[derive(Default)]
pub struct Killer(Mutex<Aim>);

#[derive(Default)]
struct Aim {
    stage: Option<Stage>,
    victim: Option<Pid>,
    /// The stage was reached, or the changes were.
    due: bool,
    struck: bool,
}

impl Killer {
    /// Before the victim is started.
    pub fn arm(&self, moment: Moment) {
        let stage = match moment {
            Moment::Stage(stage) => Some(stage),
            Moment::Never | Moment::Change(_) => None,
        };
        *self.0.lock().unwrap() = Aim {
            stage,
            ..Aim::default()
        };
    }

    /// Once it is started; it may be late already.
    pub fn take_aim(&self, pid: u32) {
        let mut aim = self.0.lock().unwrap();
        aim.victim = Pid::from_raw(pid.cast_signed());
        aim.strike();
    }

    /// Before the victim is waited for, so that no other process of its number is hit. Says whether it was killed.
    pub fn disarm(&self) -> bool {
        let mut aim = self.0.lock().unwrap();
        aim.victim = None;
        aim.stage = None;
        aim.struck
    }

    pub fn at(&self, stage: Stage) {
        let mut aim = self.0.lock().unwrap();
        if aim.stage == Some(stage) {
            aim.due = true;
            aim.strike();
        }
    }

    fn now(&self) {
        let mut aim = self.0.lock().unwrap();
        aim.due = true;
        aim.strike();
    }
}

impl Aim {
    fn strike(&mut self) {
        if let (true, false, Some(pid)) = (self.due, self.struck, self.victim) {
            // It is a child that nobody has waited for yet, so the number is its own.
            self.struck = kill_process(pid, Signal::KILL).is_ok();
        }
    }
}

/// Counts what changes in folders.
pub struct Watch {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Lets `killer` strike at the so-manieth change.
    #[cfg(target_os = "linux")]
    pub fn start(folders: &[PathBuf], change: u32, killer: &Arc<Killer>) -> Self {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
        use std::mem::MaybeUninit;

        let fd = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).unwrap();
        for folder in folders {
            let what =
                WatchFlags::CREATE | WatchFlags::MODIFY | WatchFlags::MOVE | WatchFlags::DELETE;
            inotify::add_watch(&fd, folder, what).unwrap();
        }
        let over = Arc::new(AtomicBool::new(false));
        let thread = thread::spawn({
            let (over, killer) = (Arc::clone(&over), Arc::clone(killer));
            move || {
                let mut seen = 0;
                let mut buffer = [MaybeUninit::uninit(); 4096];
                let mut reader = inotify::Reader::new(&fd, &mut buffer);
                // Only to look whether it is over.
                let look = Timespec {
                    tv_sec: 0,
                    tv_nsec: 20_000_000,
                };
                while !over.load(Ordering::Relaxed) {
                    let _ = poll(&mut [PollFd::new(&fd, PollFlags::IN)], Some(&look));
                    while reader.next().is_ok() {
                        seen += 1;
                        if seen == change {
                            return killer.now();
                        }
                    }
                }
            }
        });
        Self {
            over,
            thread: Some(thread),
        }
    }

    /// Elsewhere nothing tells of changes as they happen: the victim lives.
    #[cfg(not(target_os = "linux"))]
    pub fn start(_: &[PathBuf], _: u32, _: &Arc<Killer>) -> Self {
        Self {
            over: Arc::default(),
            thread: None,
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
