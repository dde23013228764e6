import { sqlPairs } from './sql-pair.ts'

sqlPairs('the current user and a column that is called user', [
  {
    title: 'are not the same in a policy',
    on: ['postgres'],
    before: [
      'CREATE TABLE t (id int PRIMARY KEY, owner text, "user" text)',
      'ALTER TABLE t ENABLE ROW LEVEL SECURITY',
      'CREATE POLICY p ON t USING (owner = "user")',
    ],
    after: [
      'CREATE TABLE t (id int PRIMARY KEY, owner text, "user" text)',
      'ALTER TABLE t ENABLE ROW LEVEL SECURITY',
      'CREATE POLICY p ON t USING (owner = user)',
    ],
  },
  {
    title: 'are not the same in a check',
    on: ['postgres'],
    before: [`CREATE TABLE t (id int PRIMARY KEY, "user" text, CONSTRAINT c CHECK ("user" <> 'x'))`],
    after: [`CREATE TABLE t (id int PRIMARY KEY, "user" text, CONSTRAINT c CHECK (user <> 'x'))`],
  },
])
