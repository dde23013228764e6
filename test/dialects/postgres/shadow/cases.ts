import { bigint, expression, type OperationRecorder, text, varchar } from '@org/migrate-core'

/** A schema with all that a dump shows of tables, views, enums and what is on them. */
export const setup = (role: string): string => `
  CREATE ROLE ${role};
  GRANT CREATE ON SCHEMA public TO ${role};
  CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
  COMMENT ON TYPE mood IS 'how it''s going';
  REVOKE ALL ON TYPE mood FROM PUBLIC;
  GRANT USAGE ON TYPE mood TO ${role} WITH GRANT OPTION;
  CREATE TYPE unused AS ENUM ('x');
  COMMENT ON TYPE unused IS 'not used';
  GRANT USAGE ON TYPE unused TO ${role};
  CREATE TABLE parent (id int PRIMARY KEY, a int, b int, UNIQUE (id, a));
  CREATE TABLE t (
    id bigserial,
    a int NOT NULL,
    b int,
    c text,
    d varchar(20),
    m mood DEFAULT 'ok',
    mm mood[] DEFAULT '{sad,ok}',
    g int GENERATED ALWAYS AS (a * 2) STORED,
    CONSTRAINT t_pk PRIMARY KEY (id) INCLUDE (a) WITH (fillfactor = 80),
    CONSTRAINT t_u UNIQUE (a, b) INCLUDE (c),
    CONSTRAINT t_c CHECK (a > 0) NO INHERIT,
    CONSTRAINT t_m CHECK (m <> 'sad'::mood OR a > 1),
    CONSTRAINT t_g CHECK (g > 0),
    CONSTRAINT t_x EXCLUDE USING btree (g WITH =) INCLUDE (b) WITH (fillfactor = 60) WHERE (a > 5) DEFERRABLE
  ) WITH (fillfactor = 70);
  COMMENT ON CONSTRAINT t_c ON t IS 'positive';
  COMMENT ON CONSTRAINT t_m ON t IS 'moody';
  COMMENT ON CONSTRAINT t_g ON t IS 'computed';
  COMMENT ON CONSTRAINT t_pk ON t IS 'the key';
  ALTER TABLE t ADD CONSTRAINT t_f FOREIGN KEY (a, b) REFERENCES parent (id, a) ON DELETE SET NULL (b) NOT VALID;
  COMMENT ON CONSTRAINT t_f ON t IS 'up';
  ALTER TABLE t ALTER c SET STORAGE EXTERNAL, ALTER d SET STORAGE MAIN, ALTER d SET COMPRESSION pglz, ALTER c SET STATISTICS 500,
    ALTER a SET (n_distinct = -0.5), ALTER g SET STATISTICS 77, REPLICA IDENTITY USING INDEX t_pk, ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  COMMENT ON TABLE t IS 'main';
  COMMENT ON COLUMN t.g IS 'twice';
  CREATE INDEX t_i ON t (c, (a + b)) INCLUDE (d) WHERE m = 'ok'::mood;
  COMMENT ON INDEX t_i IS 'an index';
  ALTER INDEX t_i ALTER COLUMN 2 SET STATISTICS 300;
  CREATE INDEX t_gi ON t (g DESC);
  ALTER TABLE t CLUSTER ON t_gi;
  CREATE STATISTICS t_s (dependencies, ndistinct) ON a, g FROM t;
  ALTER STATISTICS t_s SET STATISTICS 90;
  COMMENT ON STATISTICS t_s IS 'ab';
  CREATE POLICY own ON t AS RESTRICTIVE FOR UPDATE TO ${role} USING (b::text <> 'x;y') WITH CHECK (id > 0);
  COMMENT ON POLICY own ON t IS 'mine';
  CREATE RULE r AS ON DELETE TO t DO ALSO (SELECT 1; SELECT 2);
  COMMENT ON RULE r ON t IS 'noise';
  ALTER TABLE t DISABLE RULE r;
  CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER tr BEFORE UPDATE OF c, m ON t FOR EACH ROW WHEN (new.m = 'ok'::mood AND new.c <> ';') EXECUTE FUNCTION f('a;b');
  CREATE TRIGGER tr_replica BEFORE UPDATE OF c, m ON t FOR EACH ROW EXECUTE FUNCTION f();
  CREATE TRIGGER tr_always BEFORE UPDATE OF c, m ON t FOR EACH ROW EXECUTE FUNCTION f();
  CREATE TRIGGER tr_off BEFORE UPDATE OF c, m ON t FOR EACH ROW EXECUTE FUNCTION f();
  COMMENT ON TRIGGER tr ON t IS 'touch';
  ALTER TABLE t ENABLE REPLICA TRIGGER tr_replica, ENABLE ALWAYS TRIGGER tr_always, DISABLE TRIGGER tr_off;
  GRANT SELECT, INSERT ON t TO ${role} WITH GRANT OPTION;
  GRANT UPDATE (c, g) ON t TO ${role};
  GRANT REFERENCES ON t TO PUBLIC;
  REVOKE TRUNCATE ON t FROM CURRENT_USER;
  GRANT USAGE ON SEQUENCE t_id_seq TO ${role};
  COMMENT ON SEQUENCE t_id_seq IS 'numbers';
  CREATE PUBLICATION p_${role} FOR TABLE t, parent;
  CREATE VIEW v WITH (security_barrier = true, check_option = cascaded) AS SELECT id, c, m, g FROM t WHERE c <> 'x';
  ALTER VIEW v SET (security_invoker = true);
  ALTER VIEW v ALTER c SET DEFAULT 'new';
  COMMENT ON VIEW v IS 'it''s; a view';
  COMMENT ON COLUMN v.c IS 'first';
  GRANT SELECT ON v TO ${role} WITH GRANT OPTION;
  GRANT UPDATE (c) ON v TO PUBLIC;
  REVOKE DELETE ON v FROM CURRENT_USER;
  CREATE TABLE log (what text);
  CREATE RULE v_rule AS ON INSERT TO v DO ALSO (INSERT INTO log VALUES (new.c); INSERT INTO log VALUES ('a;b'));
  COMMENT ON RULE v_rule ON v IS 'logs';
  CREATE RULE v_off AS ON DELETE TO v DO INSTEAD NOTHING;
  CREATE VIEW w AS SELECT c || g AS x, m FROM v;
  CREATE TRIGGER w_tr INSTEAD OF UPDATE ON w FOR EACH ROW EXECUTE FUNCTION f();
  ALTER VIEW w OWNER TO ${role};
  CREATE VIEW theirs AS SELECT 'sad'::mood AS feeling;
  CREATE MATERIALIZED VIEW mv WITH (fillfactor = 50) AS SELECT id, c, g, m FROM v;
  CREATE UNIQUE INDEX mv_id ON mv (id);
  CREATE INDEX mv_c ON mv (lower(c)) WHERE g > 1;
  COMMENT ON INDEX mv_id IS 'unique';
  ALTER INDEX mv_c ALTER COLUMN 1 SET STATISTICS 55;
  ALTER MATERIALIZED VIEW mv CLUSTER ON mv_id;
  ALTER MATERIALIZED VIEW mv ALTER c SET STATISTICS 12, ALTER c SET STORAGE EXTERNAL, ALTER g SET (n_distinct = 7);
  CREATE STATISTICS mv_s ON c, g FROM mv;
  COMMENT ON MATERIALIZED VIEW mv IS 'stored';
  COMMENT ON COLUMN mv.g IS 'g';
  GRANT SELECT ON mv TO ${role};
  CREATE MATERIALIZED VIEW empty AS SELECT c FROM v WITH NO DATA`

export interface Case {
  /** The entries of a dump that the upgrade itself leaves as they are. */
  readonly objects: readonly RegExp[]
  readonly upgrade: (op: OperationRecorder) => void
}

const views =
  /^(?:VIEW|MATERIALIZED VIEW|RULE|relation|rule|ACL|COMMENT|DEFAULT|index|STATISTICS|statistics|INDEX|trigger|TRIGGER)\b.*\b(?:v|w|mv|empty|v_rule|v_off|mv_s|mv_id|mv_c|w_tr)\b/

export const cases: Readonly<Record<string, Case>> = {
  'views, rules and triggers around a column of another type': {
    objects: [views, /\btr\b|tr_/],
    upgrade: (op) => op.alterTable('t', (t) => t.alterColumn('c', { type: varchar(400) })),
  },
  'a column of another type and back, with its storage': {
    objects: [views],
    upgrade: (op) => op.alterTable('t', (t) => t.alterColumn('d', { type: text() })),
  },
  'a generated column that is computed another way': {
    objects: [views, /\bt_gi?\b|\bt_s\b|\bt_x\b/],
    upgrade: (op) =>
      op.alterTable('t', (t) => t.alterColumn('g', { generated: { as: expression('a * 3'), stored: true } })),
  },
  'an enum with one value less': {
    objects: [views, /\bt_m\b|\bt_i\b|\btr\b|tr_|theirs|ACL TYPE mood|COMMENT TYPE mood/],
    upgrade: (op) => op.alterEnum('mood', { drop: [{ value: 'happy' }] }),
  },
  'an enum in another order': {
    objects: [views, /\bt_m\b|\bt_i\b|theirs/],
    upgrade: (op) => op.alterEnum('mood', { order: ['happy', 'ok', 'sad'] }),
  },
  'a view that is replaced, with more columns': {
    objects: [/\b(?:v|v_rule|v_off)\b.*|security/],
    upgrade: (op) => op.replaceView('w', expression('SELECT c || g AS x, m, 1 AS one FROM v')),
  },
  'a view that is replaced, with other columns': {
    objects: [
      /^(?:ACL TABLE|COMMENT VIEW|RULE v|MATERIALIZED VIEW) (?:v|v_rule|v_off|mv|empty)$|^rule v\.v_|^index mv|^column v\.c|^statistics mv/,
    ],
    upgrade: (op) => op.replaceView('v', expression("SELECT id, m, g, c FROM t WHERE c <> 'y'")),
  },
  'a table that is dropped': {
    objects: [/\bparent\b/],
    upgrade(op) {
      for (const view of ['mv', 'empty']) op.dropView(view, { materialized: true })
      for (const view of ['w', 'v']) op.dropView(view)
      op.dropTable('t')
    },
  },
  'constraints and indexes that are dropped': {
    objects: [views],
    upgrade: (op) =>
      op.alterTable('t', (t) => {
        for (const name of ['t_pk', 't_u', 't_c', 't_m', 't_g', 't_x', 't_f'])
          t.dropConstraint(name, { ifExists: true })
        for (const name of ['t_i', 't_gi']) t.dropIndex(name, { ifExists: true })
      }),
  },
  'an enum that is dropped': {
    objects: [views],
    upgrade(op) {
      op.dropEnum('unused')
      op.alterTable('log', (t) => t.addColumn('n', bigint()))
    },
  },
}
