import { checkName, MigrateError, type Quote, type SqlValue, type TableRef, verbatim } from '@org/migrate-core/dialect'
import { capabilities } from './capabilities.ts'
import { unsupported } from './unsupported.ts'

const limit = { server: 'PGlite', ...capabilities.identifierLimit }

function identifier(name: string) {
  checkName(name, limit)
  return verbatim(`"${name.replaceAll('"', '""')}"`)
}

function table(ref: TableRef) {
  if (ref.schema !== undefined) unsupported(`table ${ref.schema}.${ref.name}`, 'this dialect stays in one schema')
  return identifier(ref.name)
}

function text(value: string): string {
  if (value.includes('\0')) {
    throw new MigrateError('INVALID_OPTION', { option: 'a text', why: 'it holds NUL' }, 'a text holds a NUL character')
  }
  const doubled = value.replaceAll("'", "''")
  return value.includes('\\') ? `E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`
}

function literal(value: SqlValue) {
  if (value === null) return verbatim('NULL')
  if (typeof value === 'string') return verbatim(text(value))
  if (typeof value === 'boolean') return verbatim(value ? 'TRUE' : 'FALSE')
  if (typeof value === 'bigint') return verbatim(String(value))
  if (typeof value === 'number') {
    const whole = Number.isFinite(value) && !Object.is(value, -0)
    return verbatim(whole ? String(value) : `'${Object.is(value, -0) ? '-0' : value}'::double precision`)
  }
  const hex = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')
  return verbatim(`'\\x${hex}'::bytea`)
}

export const quote: Quote = { identifier, table, literal }
