import { pairsOn } from './pairs/on-server.ts'

pairsOn('mariadb', 'MariaDB')
