"""The meetings of a team: when it meets, what it decides, and the made-up cases it practices on."""
