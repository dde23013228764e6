import { sqlPairs } from './sql-pair.ts'

const tags = 'CREATE TABLE tags (post int NOT NULL, tag varchar(20) NOT NULL, PRIMARY KEY (post, tag))'
const localised =
  "CREATE TABLE tags (post int NOT NULL, tag varchar(20) NOT NULL, lang varchar(5) DEFAULT 'en' NOT NULL, PRIMARY KEY (post, tag, lang))"
const notes =
  'CREATE TABLE notes (id int NOT NULL PRIMARY KEY, post int, tag varchar(20), lang varchar(5), CONSTRAINT f FOREIGN KEY (post, tag, lang) REFERENCES tags (post, tag, lang))'

/** Two tables that refer to each other: whichever comes first, the other has its new column only later. */
const circle = [
  'CREATE TABLE a (id int NOT NULL PRIMARY KEY, b int)',
  'CREATE TABLE b (id int NOT NULL PRIMARY KEY, a int, CONSTRAINT ba FOREIGN KEY (a) REFERENCES a (id))',
]
const closed = [
  'CREATE TABLE b (id int NOT NULL PRIMARY KEY, a int, code int, CONSTRAINT bu UNIQUE (code), CONSTRAINT ba FOREIGN KEY (a) REFERENCES a (id))',
  'CREATE TABLE a (id int NOT NULL PRIMARY KEY, b int, CONSTRAINT ab FOREIGN KEY (b) REFERENCES b (code))',
]

sqlPairs('a foreign key to a column that an existing table gets', [
  {
    title: 'comes with a new table',
    before: [tags],
    after: [localised, notes],
    rows: ["INSERT INTO tags VALUES (1, 'x')"],
    finds: { sql: 'SELECT * FROM tags', rows: [[1, 'x', 'en']] },
  },
  { title: 'closes a circle', before: circle, after: closed, on: ['sqlite'] },
])
