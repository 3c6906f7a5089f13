"""What every office sees alike: the calendar that limits are counted on."""
