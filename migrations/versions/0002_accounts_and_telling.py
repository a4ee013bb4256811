"""Accounts, the desk and telling people."""

import sqlalchemy as sa
from alembic import op

from kmwiki.db import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "form_settings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("release_note", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("author_name", sa.String(length=300), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_settings")),
        sa.UniqueConstraint("type", "number", name=op.f("uq_form_settings_type")),
    )
    op.create_table(
        "site_page_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(length=300), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_page_version")),
        sa.UniqueConstraint("name", "language", "number", name=op.f("uq_site_page_version_name")),
    )
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(length=1000), nullable=False),
        sa.Column("secret", sa.String(length=100), nullable=False),
        sa.Column("events", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=True),
        sa.Column("last_answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_table(
        "enquiry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=True),
        sa.Column("sender_name", sa.String(length=300), nullable=False),
        sa.Column("sender_email", sa.String(length=320), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_enquiry_page_id_page"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sender_id"], ["user_account.id"], name=op.f("fk_enquiry_sender_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_enquiry_token_hash")),
    )
    op.create_index(op.f("ix_enquiry_page_id"), "enquiry", ["page_id"], unique=False)
    op.create_index(op.f("ix_enquiry_sender_id"), "enquiry", ["sender_id"], unique=False)
    op.create_index("ix_enquiry_state_created_at", "enquiry", ["state", "created_at"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("used_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_invitation_created_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["used_by_id"], ["user_account.id"], name=op.f("fk_invitation_used_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_recovery_code_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"], unique=False)
    op.create_table(
        "report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=True),
        sa.Column("sender_name", sa.String(length=300), nullable=False),
        sa.Column("sender_key", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_by", sa.String(length=300), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_report_page_id_page"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sender_id"], ["user_account.id"], name=op.f("fk_report_sender_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    op.create_index(op.f("ix_report_page_id"), "report", ["page_id"], unique=False)
    op.create_index("ix_report_settled_at_created_at", "report", ["settled_at", "created_at"], unique=False)
    op.create_table(
        "second_factor",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_second_factor_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "watch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=1000), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_watch_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
        sa.UniqueConstraint("user_id", "kind", "value", name=op.f("uq_watch_user_id")),
    )
    op.create_index("ix_watch_kind_value", "watch", ["kind", "value"], unique=False)
    op.create_table(
        "change_facet",
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("facet", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["change.id"], name=op.f("fk_change_facet_change_id_change"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("change_id", "facet", "value", name=op.f("pk_change_facet")),
    )
    op.create_index("ix_change_facet_facet_value", "change_facet", ["facet", "value"], unique=False)
    op.create_table(
        "enquiry_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column("is_answer", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_enquiry_message_author_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["enquiry_id"], ["enquiry.id"], name=op.f("fk_enquiry_message_enquiry_id_enquiry"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry_message")),
    )
    op.create_index(op.f("ix_enquiry_message_enquiry_id"), "enquiry_message", ["enquiry_id"], unique=False)
    op.create_table(
        "enquiry_person",
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enquiry_id"], ["enquiry.id"], name=op.f("fk_enquiry_person_enquiry_id_enquiry"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_enquiry_person_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("enquiry_id", "user_id", name=op.f("pk_enquiry_person")),
    )
    op.create_index(op.f("ix_enquiry_person_user_id"), "enquiry_person", ["user_id"], unique=False)
    op.create_table(
        "notification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=True),
        sa.Column("change_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(length=300), nullable=False),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("mailed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["change_id"], ["change.id"], name=op.f("fk_notification_change_id_change"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name=op.f("fk_notification_page_id_page"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_notification_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_notification_user_id")),
    )
    op.create_index(op.f("ix_notification_change_id"), "notification", ["change_id"], unique=False)
    op.create_index("ix_notification_mailed_at", "notification", ["mailed_at", "at"], unique=False)
    op.create_index(op.f("ix_notification_page_id"), "notification", ["page_id"], unique=False)
    op.create_index("ix_notification_user_id_read_at", "notification", ["user_id", "read_at", "at"], unique=False)
    op.create_table(
        "opinion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("share_link_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_name", sa.String(length=300), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_opinion_asked_by_id_user_account")),
        sa.ForeignKeyConstraint(
            ["change_id"], ["change.id"], name=op.f("fk_opinion_change_id_change"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_opinion_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
    )
    op.create_index(op.f("ix_opinion_change_id"), "opinion", ["change_id"], unique=False)
    op.create_index(op.f("ix_opinion_share_link_id"), "opinion", ["share_link_id"], unique=False)
    op.create_index(op.f("ix_opinion_user_id"), "opinion", ["user_id"], unique=False)
    op.create_index("ix_audit_entry_action_at", "audit_entry", ["action", "at"], unique=False)
    op.create_index("ix_audit_entry_actor_id_at", "audit_entry", ["actor_id", "at"], unique=False)
    op.add_column("change", sa.Column("merges", sa.JSON(none_as_null=True), server_default="{}", nullable=False))
    op.add_column("change", sa.Column("changed_fields", sa.Integer(), server_default="0", nullable=False))
    op.add_column("change", sa.Column("changed_characters", sa.Integer(), server_default="0", nullable=False))
    op.add_column("change", sa.Column("outside_links", sa.Integer(), server_default="0", nullable=False))
    op.add_column("change", sa.Column("taken_by_id", sa.Uuid(), nullable=True))
    op.add_column("change", sa.Column("taken_at", UtcDateTime(), nullable=True))
    op.add_column("change", sa.Column("reminded_days", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_change_decided_at", "change", ["decided_at"], unique=False)
    op.add_column("generation", sa.Column("settings", sa.Integer(), server_default="1", nullable=False))
    op.add_column("login_session", sa.Column("device", sa.String(length=200), server_default="", nullable=False))
    op.add_column(
        "one_time_link", sa.Column("details", sa.JSON(none_as_null=True), server_default="{}", nullable=False)
    )
    op.add_column("page", sa.Column("check_again_told", sa.Integer(), server_default="0", nullable=False))
    op.add_column("page", sa.Column("merged_into_id", sa.Uuid(), nullable=True))
    op.add_column("page", sa.Column("merged_rows", sa.JSON(none_as_null=True), server_default="{}", nullable=False))
    op.create_index(op.f("ix_page_merged_into_id"), "page", ["merged_into_id"], unique=False)
    op.add_column("review", sa.Column("answers", sa.JSON(none_as_null=True), server_default="{}", nullable=False))
    op.add_column("topic", sa.Column("merged_into", sa.String(length=80), nullable=True))
    op.add_column("topic", sa.Column("proposed_by_id", sa.Uuid(), nullable=True))
    op.add_column("topic", sa.Column("proposed_at", UtcDateTime(), nullable=True))
    op.add_column(
        "user_account", sa.Column("desk_takes", sa.JSON(none_as_null=True), server_default="{}", nullable=False)
    )
    op.add_column("user_account", sa.Column("told", sa.JSON(none_as_null=True), server_default="{}", nullable=False))
    op.add_column("user_account", sa.Column("place", sa.JSON(none_as_null=True), server_default="{}", nullable=False))
    op.add_column("user_account", sa.Column("seen_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("user_account", "seen_at")
    op.drop_column("user_account", "place")
    op.drop_column("user_account", "told")
    op.drop_column("user_account", "desk_takes")
    op.drop_column("topic", "proposed_at")
    op.drop_column("topic", "proposed_by_id")
    op.drop_column("topic", "merged_into")
    op.drop_column("review", "answers")
    op.drop_index(op.f("ix_page_merged_into_id"), table_name="page")
    op.drop_column("page", "merged_rows")
    op.drop_column("page", "merged_into_id")
    op.drop_column("page", "check_again_told")
    op.drop_column("one_time_link", "details")
    op.drop_column("login_session", "device")
    op.drop_column("generation", "settings")
    op.drop_index("ix_change_decided_at", table_name="change")
    op.drop_column("change", "reminded_days")
    op.drop_column("change", "taken_at")
    op.drop_column("change", "taken_by_id")
    op.drop_column("change", "outside_links")
    op.drop_column("change", "changed_characters")
    op.drop_column("change", "changed_fields")
    op.drop_column("change", "merges")
    op.drop_index("ix_audit_entry_actor_id_at", table_name="audit_entry")
    op.drop_index("ix_audit_entry_action_at", table_name="audit_entry")
    op.drop_index(op.f("ix_opinion_user_id"), table_name="opinion")
    op.drop_index(op.f("ix_opinion_share_link_id"), table_name="opinion")
    op.drop_index(op.f("ix_opinion_change_id"), table_name="opinion")
    op.drop_table("opinion")
    op.drop_index("ix_notification_user_id_read_at", table_name="notification")
    op.drop_index(op.f("ix_notification_page_id"), table_name="notification")
    op.drop_index("ix_notification_mailed_at", table_name="notification")
    op.drop_index(op.f("ix_notification_change_id"), table_name="notification")
    op.drop_table("notification")
    op.drop_index(op.f("ix_enquiry_person_user_id"), table_name="enquiry_person")
    op.drop_table("enquiry_person")
    op.drop_index(op.f("ix_enquiry_message_enquiry_id"), table_name="enquiry_message")
    op.drop_table("enquiry_message")
    op.drop_index("ix_change_facet_facet_value", table_name="change_facet")
    op.drop_table("change_facet")
    op.drop_index("ix_watch_kind_value", table_name="watch")
    op.drop_table("watch")
    op.drop_table("second_factor")
    op.drop_index("ix_report_settled_at_created_at", table_name="report")
    op.drop_index(op.f("ix_report_page_id"), table_name="report")
    op.drop_table("report")
    op.drop_index(op.f("ix_recovery_code_user_id"), table_name="recovery_code")
    op.drop_table("recovery_code")
    op.drop_table("invitation")
    op.drop_index("ix_enquiry_state_created_at", table_name="enquiry")
    op.drop_index(op.f("ix_enquiry_sender_id"), table_name="enquiry")
    op.drop_index(op.f("ix_enquiry_page_id"), table_name="enquiry")
    op.drop_table("enquiry")
    op.drop_table("webhook")
    op.drop_table("site_page_version")
    op.drop_table("form_settings")
