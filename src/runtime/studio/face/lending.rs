//! The terminal given away, for a while or for good, and taken up again. What was asked is answered before.

use std::io;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use super::Face;
use crate::runtime::clock::Clock;
use crate::terminal::{Input, InputStream, Line, Writer};

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
    pub(in crate::runtime::studio) fn back(&mut self) -> io::Result<UnboundedReceiver<Input>> {
        self.screen.resume()?;
        self.take_up()
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
        Ok((suspended, self.take_up()?))
    }

    async fn let_go(&mut self, input: &mut UnboundedReceiver<Input>, clock: Clock) {
        self.fall_silent(input, clock).await;
        if let Some(input) = self.input.take() {
            input.stop();
        }
        if let Some(writer) = self.writer.take() {
            writer.flush_and_stop(FLUSH_LIMIT);
        }
    }

    fn take_up(&mut self) -> io::Result<UnboundedReceiver<Input>> {
        self.writer = Some(Writer::start(&self.tty)?);
        let (input, received) = InputStream::start(&self.tty)?;
        self.input = Some(input);
        self.pace.reset();
        self.screen.set_farewell(self.stage.farewell());
        self.repaint();
        self.probe();
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
            self.fall_silent(input, clock).await;
        }
        if let Some(input) = self.input.take() {
            input.stop();
        }
        if let Some(writer) = self.writer.take() {
            writer.flush_and_stop(if gone { Duration::ZERO } else { FLUSH_LIMIT });
        }
        self.screen.leave();
    }

    /// Takes the pictures away, asks nothing more, and reads what was asked.
    async fn fall_silent(&mut self, input: &mut UnboundedReceiver<Input>, clock: Clock) {
        let _ = timeout(FLUSH_LIMIT, self.line()).await;
        self.drop_questions();
        // Between its chunks kitty takes any other command for one.
        let mut bytes = self.stage.interrupt();
        if self.line_now() == Line::Ready {
            bytes.append(&mut self.before);
            bytes.extend(self.stage.clear());
            if let Some(fence) = self.stage.fence() {
                bytes.extend(fence);
                self.probe.await_fence(clock.now().since_start);
            }
            if !bytes.is_empty() {
                self.send(bytes);
            }
        } else {
            // The stage is cleared when the terminal is taken up again.
            let farewell = [&bytes[..], &self.stage.farewell()].concat();
            self.screen.set_farewell(farewell);
            self.before.splice(..0, bytes);
        }
        self.settle(input, clock).await;
        self.probe.abandon();
        self.asked_at = None;
    }

    /// Reads the answers that are on their way: who reads next would take them for typed. Keys typed meanwhile are lost.
    async fn settle(&mut self, input: &mut UnboundedReceiver<Input>, clock: Clock) {
        let now = || clock.now().since_start;
        while let Some(left) = self.pace.owed(now()).max(self.probe.owed(now())) {
            match timeout(left, input.recv()).await {
                Ok(Some(Input::Reply(reply))) => {
                    self.pace.reply(&reply, now());
                    self.stage.reply(&reply);
                    // One that led to more questions would have nobody to ask them.
                    self.probe.swallow(&reply);
                }
                Ok(Some(Input::Event(_))) => {}
                Ok(Some(Input::Hangup) | None) | Err(_) => return,
            }
        }
    }
}
