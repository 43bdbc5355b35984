//! What every program of the course needs: flags, listening, stopping, the demo app, a blocking driver.
