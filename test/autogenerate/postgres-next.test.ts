import { pairsOn } from './pairs/on-server.ts'

pairsOn('postgres-next', 'PostgreSQL, next')
