//! Pixels, with damaged and lying files.
