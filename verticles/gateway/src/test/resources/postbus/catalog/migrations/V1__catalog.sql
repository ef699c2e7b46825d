-- The catalog of the tests keeps what it knows in memory; its answers to requests are in the tables of the library.
select 1;
