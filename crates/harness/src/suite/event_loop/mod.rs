//! What an event loop can get wrong and a thread that waits cannot: a wake-up that is lost, a client that takes more than
//! its share, a stop that waits for a round. [`event_loops!`](crate::event_loops!) makes a test of each check.

mod stop;
mod turns;
mod wake_ups;

pub use stop::*;
pub use turns::*;
pub use wake_ups::*;

/// Makes a test of each check for a server with one loop: its model, and the flags that it needs for that.
#[macro_export]
macro_rules! event_loops {
    ($bin:literal: $($name:ident = $flags:literal),+ $(,)?) => { $(
        #[cfg(target_os = "linux")]
        mod $name {
            fn target() -> $crate::suite::Target {
                let binary = env!(concat!("CARGO_BIN_EXE_", $bin));
                $crate::suite::Target::named(binary, stringify!($name)).with($flags)
            }
            $crate::event_loop_tests! {
                what_lies_behind_urgent_data_is_read,
                all_who_came_in_one_burst_are_let_in,
                who_waits_for_a_descriptor_is_served_when_another_client_leaves,
                who_waits_for_a_descriptor_is_served_when_there_are_more,
                who_waits_for_a_place_is_let_in_when_another_client_leaves,
                who_has_left_has_no_deadline_any_more,
                a_client_that_always_has_more_to_ask_does_not_keep_others_waiting,
                a_client_is_not_late_because_the_server_was,
                a_silent_client_is_dropped_however_busy_the_loop_is,
                the_stop_does_not_wait_for_all_who_compute,
                the_stop_does_not_wait_for_all_who_are_let_in,
                a_reply_on_its_way_outlives_the_stop
            }
        }
    )+ };
}

#[doc(hidden)]
#[macro_export]
macro_rules! event_loop_tests {
    ($($check:ident),+ $(,)?) => { $(
        #[test]
        fn $check() {
            $crate::suite::event_loop::$check(&target());
        }
    )+ };
}
