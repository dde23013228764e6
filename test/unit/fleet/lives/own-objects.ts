import type { Ground } from '../../ensure/ground.ts'

interface OwnObject {
  readonly create: string
  readonly drop: string
}

type OwnObjects = (ground: Ground, name: string, table: string, column: string) => OwnObject

const isPostgres = ({ name }: Ground): boolean => name.startsWith('postgres')

const trigger: OwnObjects = (ground, name, table) => {
  const [event, end] = [`${name} BEFORE UPDATE ON ${table}`, `DROP TRIGGER ${name}`]
  if (ground.name === 'sqlite') return { create: `CREATE TRIGGER ${event} BEGIN SELECT 1; END`, drop: end }
  if (!isPostgres(ground)) return { create: `CREATE TRIGGER ${event} FOR EACH ROW SET @own = 1`, drop: end }
  const body = 'RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$'
  return {
    create: `CREATE FUNCTION ${name}() ${body}; CREATE TRIGGER ${event} FOR EACH ROW EXECUTE FUNCTION ${name}()`,
    drop: `DROP FUNCTION ${name} CASCADE`,
  }
}

/** Objects that a member has and no revision makes. */
export const ownObjects: readonly OwnObjects[] = [
  trigger,
  (_, name, table, column) => ({
    create: `CREATE VIEW ${name} AS SELECT ${column} FROM ${table}`,
    drop: `DROP VIEW ${name}`,
  }),
  (ground, name, table, column) => ({
    create: `CREATE INDEX ${name} ON ${table} (${column})`,
    drop: ground.name.startsWith('m') ? `DROP INDEX ${name} ON ${table}` : `DROP INDEX ${name}`,
  }),
]
