import * as core from 'drizzle-orm/mysql-core'
import {
  type Codecs,
  fromBytes,
  readAll,
  toBigint,
  toBoolean,
  toDate,
  toJson,
  toNumber,
  toText,
  toUtcDate,
} from '../connect/codecs.ts'

const numbers = [
  ...['tinyint', 'smallint', 'mediumint', 'int', 'year', 'serial', 'bigint:number', 'decimal:number'],
  ...['float', 'double', 'real'],
]
const texts = ['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob']

/** The codecs of our connections, for drizzle-orm 1.0. */
export function mysqlCodecs(): Codecs {
  const { refineGenericMySqlCodecs } = core as unknown as { refineGenericMySqlCodecs(own: Codecs): Codecs }
  return refineGenericMySqlCodecs({
    ...readAll(numbers, toNumber),
    ...readAll(texts, fromBytes),
    ...readAll(['bigint', 'decimal:bigint'], toBigint),
    ...readAll(['bigint:string'], toText),
    ...readAll(['boolean'], toBoolean),
    ...readAll(['date'], toDate),
    ...readAll(['datetime', 'timestamp'], toUtcDate),
    ...readAll(['json'], toJson),
  })
}
