CREATE TABLE "backup_copies" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"backup_id" text NOT NULL,
	"store_id" text NOT NULL,
	"job_id" text,
	"status" text DEFAULT 'pending' NOT NULL,
	"store_key" text,
	"manifest" jsonb,
	"error" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"verified_at" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "backup_copies_complete_is_verified_check" CHECK ("backup_copies"."status" <> 'completed' or ("backup_copies"."store_key" is not null and "backup_copies"."manifest" is not null and "backup_copies"."verified_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "store_choices" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"project_id" text,
	"resource_id" text,
	"store_id" text,
	"copy_store_ids" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "store_choices_project_id_key" UNIQUE("project_id"),
	CONSTRAINT "store_choices_resource_id_key" UNIQUE("resource_id"),
	CONSTRAINT "store_choices_of_one_check" CHECK (("store_choices"."project_id" is null) <> ("store_choices"."resource_id" is null))
);
--> statement-breakpoint
ALTER TABLE "stores" DROP CONSTRAINT "stores_kind_check";--> statement-breakpoint
ALTER TABLE "stores" ADD COLUMN "settings" jsonb;--> statement-breakpoint
ALTER TABLE "backup_copies" ADD CONSTRAINT "backup_copies_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "backup_copies" ADD CONSTRAINT "backup_copies_backup_id_backups_id_fk" FOREIGN KEY ("backup_id") REFERENCES "public"."backups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "backup_copies" ADD CONSTRAINT "backup_copies_store_id_stores_id_fk" FOREIGN KEY ("store_id") REFERENCES "public"."stores"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "backup_copies" ADD CONSTRAINT "backup_copies_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "store_choices" ADD CONSTRAINT "store_choices_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "store_choices" ADD CONSTRAINT "store_choices_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "store_choices" ADD CONSTRAINT "store_choices_resource_id_resources_id_fk" FOREIGN KEY ("resource_id") REFERENCES "public"."resources"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "store_choices" ADD CONSTRAINT "store_choices_store_id_stores_id_fk" FOREIGN KEY ("store_id") REFERENCES "public"."stores"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "backup_copies_store_id_idx" ON "backup_copies" USING btree ("store_id");--> statement-breakpoint
CREATE UNIQUE INDEX "backup_copies_one_per_store_key" ON "backup_copies" USING btree ("backup_id","store_id") WHERE "backup_copies"."status" in ('pending', 'running', 'completed');--> statement-breakpoint
ALTER TABLE "stores" ADD CONSTRAINT "stores_s3_has_settings_check" CHECK ("stores"."kind" <> 's3' or ("stores"."server_id" is null and "stores"."settings" is not null and "stores"."sealed_config" is not null));--> statement-breakpoint
ALTER TABLE "stores" ADD CONSTRAINT "stores_kind_check" CHECK ("stores"."kind" in ('directory', 's3'));