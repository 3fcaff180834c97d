"""Who was shown which students: pages add to it, students read of it, and administrators search it."""
