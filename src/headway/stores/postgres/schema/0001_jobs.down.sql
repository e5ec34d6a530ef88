drop schema headway cascade;
