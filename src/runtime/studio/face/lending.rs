//! The terminal given away, for a while or for good, and taken up again. What was asked is answered before.

use std::io;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use super::Face;
use crate::runtime::clock::Clock;
use crate::terminal::{Input, InputStream, Writer, drain};

/// What a slow line gets to take the last frame.
const FLUSH_LIMIT: Duration = Duration::from_millis(500);

impl Face {
    /// Gives the terminal away for a while.
    pub(in crate::runtime::studio) async fn leave(
        &mut self,
        input: &mut UnboundedReceiver<Input>,
        clock: Clock,
    ) {
        self.let_go(input, clock).await;
        self.screen.leave();
    }

    /// Takes the terminal again after [`Self::leave`], asks it anew, and draws all.
    pub(in crate::runtime::studio) fn back(
        &mut self,
        now: Duration,
    ) -> io::Result<UnboundedReceiver<Input>> {
        self.screen.resume()?;
        self.take_up(now)
    }

    /// Stops the process until the shell continues it. The bool is false when there is no shell that could.
    pub(in crate::runtime::studio) async fn suspend(
        &mut self,
        input: &mut UnboundedReceiver<Input>,
        clock: Clock,
    ) -> io::Result<(bool, UnboundedReceiver<Input>)> {
        self.let_go(input, clock).await;
        let suspended = self.screen.suspend().await?;
        // The questions are asked now, not before the pause.
        Ok((suspended, self.take_up(clock.now().since_start)?))
    }

    async fn let_go(&mut self, input: &mut UnboundedReceiver<Input>, clock: Clock) {
        let gone = self.stage.clear();
        if !gone.is_empty() {
            self.send(gone);
        }
        self.settle(input, clock).await;
        if let Some(input) = self.input.take() {
            input.stop();
        }
        if let Some(writer) = self.writer.take() {
            writer.flush_and_stop(FLUSH_LIMIT);
        }
    }

    fn take_up(&mut self, now: Duration) -> io::Result<UnboundedReceiver<Input>> {
        self.writer = Some(Writer::start(&self.tty)?);
        let (input, received) = InputStream::start(&self.tty)?;
        self.input = Some(input);
        self.pace.reset();
        self.repaint();
        self.probe(now);
        Ok(received)
    }

    /// Takes the pictures away and gives the terminal back; late answers are read, so that the shell does not get them.
    pub(in crate::runtime::studio) async fn close(
        &mut self,
        input: &mut UnboundedReceiver<Input>,
        clock: Clock,
        gone: bool,
    ) {
        if !gone {
            self.line_free().await;
            let mut clear = self.stage.clear();
            if let Some(fence) = self.stage.fence() {
                clear.extend(fence);
                self.probe.await_fence(clock.now().since_start);
            }
            if !clear.is_empty() {
                self.send(clear);
            }
            self.settle(input, clock).await;
            drain(&mut self.probe, input, clock.now().since_start).await;
        }
        if let Some(input) = self.input.take() {
            input.stop();
        }
        if let Some(writer) = self.writer.take() {
            writer.flush_and_stop(if gone { Duration::ZERO } else { FLUSH_LIMIT });
        }
        self.screen.leave();
    }

    async fn line_free(&self) {
        let _ = timeout(FLUSH_LIMIT, self.line()).await;
    }

    /// Reads the answers to the last slices, which are on their way: who reads next would take them for typed. Keys typed
    /// meanwhile are lost.
    async fn settle(&mut self, input: &mut UnboundedReceiver<Input>, clock: Clock) {
        let now = || clock.now().since_start;
        while let Some(left) = self.pace.owed(now()) {
            match timeout(left, input.recv()).await {
                Ok(Some(Input::Reply(reply))) => {
                    self.pace.reply(&reply, now());
                    let _ = self.probe.reply(reply);
                }
                Ok(Some(Input::Event(_))) => {}
                Ok(Some(Input::Hangup) | None) | Err(_) => return,
            }
        }
    }
}
