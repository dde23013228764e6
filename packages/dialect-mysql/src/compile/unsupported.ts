import { missingObjects } from '@org/migrate-core/dialect'

/** What MySQL and MariaDB have not. */
export const { statements: unsupportedStatements, requireNoRowSecurity } = missingObjects({
  dialect: 'mysql',
  server: 'MySQL',
  schemas: {
    why: 'what MySQL calls a schema is a database of its own',
    remedy: 'Name another database in the URL, or leave the schema to PostgreSQL with op.on().',
  },
  enums: {
    why: 'MySQL has no enum types; the values of an enum stand in its column',
    remedy: 'Give the columns the type `enumeration([…])`; leave the named type to PostgreSQL with op.on().',
  },
  extensions: { why: 'plugins belong to the server, not to a database' },
})
