//! One generation, from request to saved picture.
