import { readSource } from '@org/migrate-autogenerate'
import { expect, it } from 'vitest'
import { describeOnServers } from '../../unit/ensure/ground.ts'

const texts = {
  postgres: `CREATE FUNCTION ok(x int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT x > 0';
-- and a type
CREATE TYPE mood AS ENUM ('sad');
CREATE TYPE place AS (x int, y int);
CREATE OR REPLACE PROCEDURE tidy() LANGUAGE sql AS 'SELECT 1';
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE t (id positive PRIMARY KEY, p place, CHECK (ok(id)))`,
  mysql: `CREATE FUNCTION ok(x int) RETURNS boolean DETERMINISTIC RETURN x > 0;
CREATE TABLE t (id int PRIMARY KEY);

CREATE PROCEDURE tidy() SELECT 1`,
}
const named = {
  postgres: 'function ok (schema.sql:1), type place (schema.sql:4), procedure tidy (schema.sql:5) and 1 more',
  mysql: 'function ok (schema.sql:1), procedure tidy (schema.sql:4)',
}

describeOnServers(
  'functions and types in SQL that declares a schema',
  (openGround) => {
    it('are named, since no comparison sees them', async () => {
      const dialect = (await openGround()).dialect()
      const name = dialect.name === 'postgres' ? 'postgres' : 'mysql'
      const declared = await readSource(dialect, { kind: 'sql', texts: [{ file: 'schema.sql', text: texts[name] }] })
      expect(declared.notes).toEqual([
        `Not compared: ${named[name]}. A revision makes and changes functions and types with \`op.sql\`.`,
      ])
    })
  },
  ['postgres', 'mysql'],
)
