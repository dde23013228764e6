CREATE TABLE `posts` (
	`author_id` int,
	`nr` int,
	`kind` varchar(20),
	CONSTRAINT PRIMARY KEY(`author_id`,`nr`),
	CONSTRAINT `nr_kind_unique` UNIQUE INDEX(`nr`,`kind`),
	CONSTRAINT `posts_c` CHECK(`posts`.`nr` > 0)
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` int AUTO_INCREMENT PRIMARY KEY,
	`email` varchar(90) NOT NULL,
	`mood` enum('ok','bad') DEFAULT 'ok',
	`flag` boolean DEFAULT true,
	`at` timestamp DEFAULT (now()),
	`big` bigint unsigned,
	`text` bigint,
	`doc` json,
	`raw` varbinary(9),
	`bytes` longblob,
	`amount` decimal(10,2) DEFAULT (1.50),
	`up` varchar(90) GENERATED ALWAYS AS (upper(email)) STORED,
	CONSTRAINT `email_unique` UNIQUE INDEX(`email`)
);
--> statement-breakpoint
CREATE INDEX `by_kind` ON `posts` (`kind`);--> statement-breakpoint
ALTER TABLE `posts` ADD CONSTRAINT `posts_author_id_users_id_fkey` FOREIGN KEY (`author_id`) REFERENCES `users`(`id`) ON DELETE CASCADE;--> statement-breakpoint
CREATE ALGORITHM = undefined SQL SECURITY definer VIEW `v` AS (select `id` from `users`);