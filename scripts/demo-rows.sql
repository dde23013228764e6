-- Rows of an imaginary Open WebUI database at legacy migration 018: what is in real ones, awkward rows included.
BEGIN;
INSERT INTO "user" ("id","name","email","role","profile_image_url","api_key","created_at","updated_at","last_active_at","settings","info","oauth_sub") VALUES
  ('u-mira','Mira','mira@example.org','admin','/mira.png','sk-demo-1',1717200000,1717200000,1718000000,'{"ui":{"theme":"dark"}}',NULL,NULL),
  ('u-tomo','Tomo','tomo@example.org','user','/tomo.png',NULL,1717200100,1717200100,1718000100,'null','',NULL);
INSERT INTO "auth" ("id","email","password","active") VALUES
  ('u-mira','mira@example.org','$2b$12$demo-demo-demo-demo-demo-1',1),
  ('u-tomo','tomo@example.org','$2b$12$demo-demo-demo-demo-demo-2',1);
INSERT INTO "chat" ("id","user_id","title","chat","share_id","archived","created_at","updated_at") VALUES
  ('c-plan','u-mira','A plan for the garden','{"messages":[{"role":"user","content":"What grows in shade?"}], "seed": 12345678901234567890}','s-plan',0,1717300000,1717300500),
  ('c-cut','u-mira','Cut off by a crash','{"messages":[{"role":"user","content":"and then','',0,1717300001,1717300501),
  ('c-nan','u-tomo','Not quite JSON','{"temperature": NaN}',NULL,0,1717300002,1717300502),
  ('c-tea','u-tomo','Tea','{"messages":[]}',NULL,1,1717300003,1717300503);
INSERT INTO "tag" ("id","name","user_id","data") VALUES
  ('t-1','Work','u-mira','{"color":"red"}'),
  ('t-2','work','u-tomo',NULL),
  ('t-3','pinned','u-mira',NULL);
INSERT INTO "chatidtag" ("id","tag_name","chat_id","user_id","timestamp") VALUES
  ('ct-1','Work','c-plan','u-mira',1717400000),
  ('ct-2','pinned','c-plan','u-mira',1717400001),
  ('ct-3','work','c-tea','u-tomo',1717400002),
  ('ct-4','Lost','c-gone','u-tomo',1717400003);
INSERT INTO "document" ("id","collection_name","name","title","filename","content","user_id","timestamp") VALUES
  (1,'k-roses','roses.txt','Roses','roses.txt','{"tags":[{"name":"garden"}]}','u-mira',1717500000),
  (2,'k-broken','broken.txt','Broken','broken.txt','{tags: oops','u-mira',1717500001);
INSERT INTO "file" ("id","user_id","filename","meta","created_at") VALUES
  ('f-win','u-tomo','notes.txt','{"path":"C:\\Users\\Tomo\\My Notes\\notes.txt","size":1204,"content_type":"text/plain"}',1717600000),
  ('f-unc','u-tomo','shared.txt','{"path":"\\\\nas\\share\\shared.txt","size":12}',1717600001),
  ('f-posix','u-mira','plan.pdf','{"path":"/app/backend/data/uploads/plan (final).pdf","size":88123,"content_type":"application/pdf"}',1717600002),
  ('f-bucket','u-mira','photo.jpg','{"path":"s3://bucket/photo.jpg"}',1717600003),
  ('f-bad','u-mira','mystery.bin','not json at all',1717600004);
COMMIT;
