import type { DialectSql } from '@org/migrate-core/dialect'
import { classify, grammar } from './classify.ts'
import { quote } from './quote.ts'

export const dialectSql: DialectSql = { quote, grammar, classify, portable: (text) => text }
