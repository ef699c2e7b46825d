create table applied (nth bigint generated always as identity, n int not null);
