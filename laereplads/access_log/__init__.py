"""Who was shown which students: pages add to it, students are told of it, and administrators search it."""
