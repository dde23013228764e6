export { pgliteDialect } from './dialect.ts'
export { Engine } from './engine.ts'
