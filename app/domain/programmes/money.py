"""Sums of money as programmes hold them: whole minor units of a currency (ISO 4217)."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.text import whole

# The currencies that people are paid in; funds, metals and test codes are none.
CURRENCIES = frozenset(
    (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
        "CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD "
        "HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL "
        "LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP "
        "PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT "
        "TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG"
    ).split()
)
_MOST = 1_000_000_000_000


def _known(code: str) -> str:
    if code not in CURRENCIES:
        raise PydanticCustomError("unknown_currency", "must be the code of a currency in ISO 4217, in capitals")
    return code


Amount = Annotated[int, whole(0, _MOST)]
Currency = Annotated[
    str, Field(min_length=3, max_length=3, json_schema_extra={"enum": sorted(CURRENCIES)}), AfterValidator(_known)
]
