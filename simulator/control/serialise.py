# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the control plane shows of structures, invoices and flows, as plain dictionaries."""


def show_supplier(supplier):
    return {
        "siret": supplier.structure.siret,
        "structure_id": supplier.structure.structure_id,
        "name": supplier.structure.name,
        "login": supplier.account.login,
        "password": supplier.account.password,
        "services": [
            {"id": row.service_id, "code": row.code, "label": row.label, "active": row.active}
            for row in supplier.structure.services
        ],
        "bank_accounts": [
            {"id": row.bank_account_id, "name": row.name, "iban": row.iban}
            for row in supplier.bank_accounts
        ],
    }


def show_recipient(structure):
    return {
        "siret": structure.siret,
        "structure_id": structure.structure_id,
        "name": structure.name,
        "active": structure.active,
        "service_required": structure.service_required,
        "engagement_required": structure.engagement_required,
        "service_or_engagement_required": structure.service_or_engagement_required,
        "payment_reported": structure.payment_reported,
        "works_owner_only": structure.works_owner_only,
        "duplicates": list(structure.duplicates),
        "services": [
            {
                "id": row.service_id,
                "code": row.code,
                "label": row.label,
                "active": row.active,
                "engagement_required": row.engagement_required,
            }
            for row in structure.services
        ],
    }


def _file(stored):
    return {
        "attachment_id": stored.file_id,
        "file_name": stored.name,
        "sha256": stored.sha256,
        "size": len(stored.content),
    }


def show_invoice(clock, invoice):
    main, own_service = invoice.main_attachment, invoice.supplier_service
    return {
        "number": invoice.number,
        "invoice_id": invoice.invoice_id,
        "supplier": invoice.supplier.structure.siret,
        "recipient": invoice.recipient.siret,
        "service": invoice.body["destinataire"].get("codeServiceExecutant"),
        "supplier_service": own_service and own_service.service_id,
        "engagement": invoice.references.get("numeroBonCommande"),
        "framework": invoice.body["cadreDeFacturation"]["codeCadreFacturation"],
        "type": invoice.references["typeFacture"],
        "total": invoice.total("montantTtcTotal"),
        "status": invoice.status,
        "status_date": clock.moment(invoice.status_date),
        "comment": invoice.events[-1].comment,
        "rejection_acknowledged": invoice.rejection_acknowledged,
        "deposited": clock.moment(invoice.deposited),
        "deposit_mode": invoice.deposit_mode,
        "flow_number": invoice.flow_number,
        **(_file(main) if main else {"attachment_id": None, "sha256": None}),
        "attachments": [_file(item) for item in invoice.attachments],
        "events": [
            {
                "code": event.code,
                "date": clock.moment(event.date),
                "comment": event.comment,
                "author": event.author,
            }
            for event in invoice.events
        ],
        "request": invoice.body,
    }


def show_flow(clock, flow, pace):
    state, date = flow.state(clock.now(), pace)
    return {
        "number": flow.number,
        "supplier": flow.supplier.structure.siret,
        "syntax": flow.syntax,
        "file_name": flow.file_name,
        "sha256": flow.sha256,
        "size": flow.size,
        "state": state,
        "state_date": clock.moment(date),
        "deposited": clock.moment(flow.deposited),
        "invoices": list(flow.integrated),
        "technical_errors": list(flow.technical_errors),
        "invoice_errors": list(flow.invoice_errors),
    }
