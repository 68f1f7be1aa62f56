# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What goes beyond what Chorus Pro keeps, found in the XML itself.

The numbers stand here a second time on purpose: a test that asked the table that made the file
would agree with any mistake in it. Sources: AIFE's external specifications (number, decimals), XP
Z12-012 annex A (BR-FR-CPRO), BR-FR-DEC-02 and -03.
"""

from decimal import Decimal

from lxml import etree

NAME, ADDRESS, PROSE = 99, 400, 1024
# The most characters, by the last two steps of the path to the element.
LENGTHS = {
    "ExchangedDocument/ID": 20,
    "IncludedNote/Content": PROSE,
    "SpecifiedTradePaymentTerms/Description": PROSE,
    "SpecifiedTradeProduct/Description": PROSE,
    "SellerTradeParty/Name": NAME,
    "BuyerTradeParty/Name": NAME,
    "ShipToTradeParty/Name": NAME,
    "PayeeTradeParty/Name": NAME,
    "SpecifiedLegalOrganization/TradingBusinessName": NAME,
    "PostalTradeAddress/LineOne": ADDRESS,
    "PostalTradeAddress/LineTwo": ADDRESS,
    "PostalTradeAddress/LineThree": ADDRESS,
    "PostalTradeAddress/CityName": ADDRESS,
    "ApplicableHeaderTradeAgreement/BuyerReference": 100,
    "BuyerOrderReferencedDocument/IssuerAssignedID": 50,
    "ContractReferencedDocument/IssuerAssignedID": 50,
    "InvoiceReferencedDocument/IssuerAssignedID": 20,
    "AdditionalReferencedDocument/IssuerAssignedID": 50,
    "Invoice/ID": 20,
    "CreditNote/ID": 20,
    "Invoice/Note": PROSE,
    "CreditNote/Note": PROSE,
    "PaymentTerms/Note": PROSE,
    "Item/Description": PROSE,
    "PartyLegalEntity/RegistrationName": NAME,
    "PartyName/Name": NAME,
    "PostalAddress/StreetName": ADDRESS,
    "PostalAddress/AdditionalStreetName": ADDRESS,
    "PostalAddress/CityName": ADDRESS,
    "Invoice/BuyerReference": 100,
    "CreditNote/BuyerReference": 100,
    "OrderReference/ID": 50,
    "ContractDocumentReference/ID": 50,
    "InvoiceDocumentReference/ID": 20,
    "AdditionalDocumentReference/ID": 50,
}
# The most decimals.
DECIMALS = {
    "SpecifiedLineTradeDelivery/BilledQuantity": 4,
    "NetPriceProductTradePrice/BasisQuantity": 4,
    "NetPriceProductTradePrice/ChargeAmount": 6,
    "GrossPriceProductTradePrice/ChargeAmount": 6,
    "AppliedTradeAllowanceCharge/ActualAmount": 6,
    "InvoiceLine/InvoicedQuantity": 4,
    "CreditNoteLine/CreditedQuantity": 4,
    "Price/PriceAmount": 6,
    "Price/BaseQuantity": 4,
    "AllowanceCharge/BaseAmount": 6,
    "AllowanceCharge/Amount": 6,
}
# The most of an element in a document, by its name.
COUNTS = {
    "InvoiceReferencedDocument": 1, "BillingReference": 1, "SpecifiedTradePaymentTerms": 1,
    "PaymentTerms": 1,
}  # fmt: skip
FILE_NAME = 50
DIGITS = 19


def beyond_chorus_limits(xml):
    """Pairs (place, what stands there) of CII or UBL that Chorus Pro would not keep as it is."""
    found, counts = [], dict.fromkeys(COUNTS, 0)
    for element in etree.fromstring(xml).iter("{*}*"):
        name, text = etree.QName(element).localname, element.text or ""
        parent = element.getparent()
        place = name if parent is None else f"{etree.QName(parent).localname}/{name}"
        if name in counts:
            counts[name] += 1
        if len(text) > LENGTHS.get(place, len(text)) or not _fits(text, DECIMALS.get(place)):
            found.append((place, text))
        if len(element.get("filename", "")) > FILE_NAME:
            found.append((place, element.get("filename")))
    return found + [(name, count) for name, count in counts.items() if count > COUNTS[name]]


def _fits(text, decimals):
    if decimals is None:
        return True
    number = Decimal(text)
    return len(text) <= DIGITS and round(number, decimals) == number
