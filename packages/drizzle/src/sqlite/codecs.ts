import * as core from 'drizzle-orm/sqlite-core'
import { type Codecs, fromBytes, readAll, toBigint, toBoolean, toJson, toNumber, toText } from '../connect/codecs.ts'

/** The codecs of our connections, for drizzle-orm 1.0. */
export function sqliteCodecs(): Codecs {
  const { refineSqliteCodecs } = core as unknown as { refineSqliteCodecs(own: Codecs): Codecs }
  return refineSqliteCodecs({
    ...readAll(['integer', 'real', 'numeric:number'], toNumber),
    ...readAll(['integer:boolean'], toBoolean),
    ...readAll(['integer:timestamp'], (value) => new Date(toNumber(value) * 1000)),
    ...readAll(['integer:timestamp_ms'], (value) => new Date(toNumber(value))),
    ...readAll(['text:json', 'blob:json'], (value) => toJson(fromBytes(value))),
    ...readAll(['blob:bigint', 'numeric:bigint'], (value) => toBigint(fromBytes(value))),
    ...readAll(['numeric'], toText),
  })
}
