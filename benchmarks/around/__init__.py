"""What every measure stands on: a database, a world in it, a server, a load, and the way figures are taken and shown."""
